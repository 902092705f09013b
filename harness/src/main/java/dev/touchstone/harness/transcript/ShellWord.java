package dev.touchstone.harness.transcript;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Quotes for a POSIX shell. */
final class ShellWord {

    private ShellWord() {}

    /** Single quotes keep everything as it is. */
    static String literal(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** As {@link #literal}, but the token's mark is left for the shell to replace. */
    static String withToken(String text) {
        return literal(text).replace(Redaction.MARK, "'\"" + Redaction.MARK + "\"'");
    }

    /** A command that prints these very bytes. */
    static String printf(byte[] bytes) {
        return "printf " + format(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** As {@link #printf(byte[])}, but the variable that the bytes name is left for the shell to replace. */
    static String printf(byte[] bytes, String variable) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        var values = new StringBuilder();
        for (int at = text.indexOf(variable); at >= 0; at = text.indexOf(variable, at + variable.length())) {
            values.append(" \"").append(variable).append('"');
        }
        // An argument of its own: a token may hold what printf would take for an instruction.
        String format = Arrays.stream(text.split(Pattern.quote(variable), -1))
                .map(ShellWord::format)
                .collect(Collectors.joining("%s"));
        return "printf " + format + values;
    }

    private static String format(String latin1) {
        var format = new StringBuilder("'");
        // A hyphen at the start would be read as an option.
        latin1.chars().forEach(c -> format.append(format.length() == 1 && c == '-' ? "\\055" : printed(c)));
        return format.append('\'').toString();
    }

    private static String printed(int value) {
        return switch (value) {
            case '%' -> "%%";
            case '\\' -> "\\\\";
            case '\'' -> "'\\''";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            default -> value >= 0x20 && value < 0x7f ? String.valueOf((char) value) : "\\%03o".formatted(value);
        };
    }
}
