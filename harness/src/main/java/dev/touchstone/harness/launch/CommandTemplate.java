package dev.touchstone.harness.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A worker's command line with the placeholder {@code {port}}, split into words as a POSIX shell does: single quotes
 * keep all, double quotes keep all but a backslash before {@code "} and {@code \}, a backslash keeps the next
 * character. Nothing is expanded and no shell runs it.
 */
public record CommandTemplate(String text) {

    public CommandTemplate {
        if (text.isBlank()) {
            throw new IllegalArgumentException(
                    "The worker command is empty; accepted is a command line such as 'worker --port {port}'.");
        }
    }

    /**
     * The words, with the port filled in.
     *
     * @throws IllegalArgumentException with one sentence when a quote is left open
     */
    public List<String> words(int port) {
        return words(Map.of("port", Integer.toString(port)));
    }

    /** The words, with each {@code {name}} replaced by its value. */
    List<String> words(Map<String, String> values) {
        return split(text).stream().map(word -> filled(word, values)).toList();
    }

    private static String filled(String word, Map<String, String> values) {
        String filled = word;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace("{" + value.getKey() + "}", value.getValue());
        }
        return filled;
    }

    /**
     * The same command line with an option set: one of that name that it has already, as {@code --name value} or
     * {@code --name=value}, is taken out, and the option stands at the end.
     */
    public CommandTemplate withOption(String name, String value) {
        List<String> words = new ArrayList<>();
        boolean valueFollows = false;
        for (String word : split(text)) {
            if (valueFollows) {
                valueFollows = false;
            } else if (word.equals(name)) {
                valueFollows = true;
            } else if (!word.startsWith(name + "=")) {
                words.add(word);
            }
        }
        words.add(name);
        words.add(value);
        return of(words.stream());
    }

    /** The same command line with those words at its end, as they are. */
    public CommandTemplate withWords(List<String> more) {
        return of(Stream.concat(split(text).stream(), more.stream()));
    }

    /** The same command line with a placeholder, such as {@code fault} for <code>{fault}</code>, replaced by its value. */
    public CommandTemplate filling(String name, String value) {
        return of(split(text).stream().map(word -> filled(word, Map.of(name, value))));
    }

    private static CommandTemplate of(Stream<String> words) {
        return new CommandTemplate(words.map(CommandTemplate::quoted).collect(Collectors.joining(" ")));
    }

    /** The value of an option that it has, as {@code --name value} or {@code --name=value}; the last counts. */
    public Optional<String> option(String name) {
        Optional<String> found = Optional.empty();
        List<String> words = split(text);
        for (int n = 0; n < words.size(); n++) {
            if (words.get(n).equals(name) && n + 1 < words.size()) {
                found = Optional.of(words.get(n + 1));
            } else if (words.get(n).startsWith(name + "=")) {
                found = Optional.of(words.get(n).substring(name.length() + 1));
            }
        }
        return found;
    }

    /** Whether a shell runs it as a text of its own ({@code sh -c '…'}): a word at the end would not reach the worker. */
    public boolean isShellText() {
        List<String> words = split(text);
        return words.getFirst().matches("(.*/)?(ba|da|z|k)?sh")
                && words.stream()
                        .skip(1)
                        .takeWhile(word -> word.startsWith("-"))
                        .anyMatch(word -> word.matches("-[a-z]*c"));
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean open = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean last = i + 1 == text.length();
            if (quote != 0 && c == quote) {
                quote = 0;
            } else if (c == '\\' && quote != '\'' && !last && (quote == 0 || "\"\\".indexOf(text.charAt(i + 1)) >= 0)) {
                word.append(text.charAt(++i));
                open = true;
            } else if (quote != 0) {
                word.append(c);
            } else if (c == '\'' || c == '"') {
                quote = c;
                open = true;
            } else if (Character.isWhitespace(c)) {
                if (open) {
                    words.add(word.toString());
                }
                word.setLength(0);
                open = false;
            } else {
                word.append(c);
                open = true;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("The worker command leaves a quote (" + quote + ") open: " + text);
        }
        if (open) {
            words.add(word.toString());
        }
        return words;
    }
}
