package dev.touchstone.harness.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
