package dev.touchstone.harness.transcript;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** Renders a request as a command that a person can paste into a POSIX shell. */
public final class Curl {

    /** What curl adds by itself, or what the connection decides. */
    private static final Set<String> IMPLIED = Set.of("host", "content-length", "connection", "user-agent");

    /** A longer body does not fit into a command line; the evidence keeps it in a file of its own. */
    public static final int LONGEST_BODY = 16 * 1024;

    private Curl() {}

    /** One command; {@code -N} shows a stream as it comes, and the token is read from {@code TOUCHSTONE_TOKEN}. */
    public static String of(RequestRecord request) {
        var command = new StringBuilder("curl -N -i");
        if (!request.method().equals("GET")) {
            command.append(" -X ").append(quoted(request.method()));
        }
        command.append(' ').append(quoted(request.url()));
        request.headers().stream()
                .filter(h -> !IMPLIED.contains(h.getKey().toLowerCase(Locale.ROOT)))
                .forEach(h -> command.append(" -H ").append(quoted(h.getKey() + ": " + h.getValue())));
        if (request.body().length > 0) {
            command.append(data(request.body()));
        }
        return command.toString();
    }

    private static String data(byte[] body) {
        if (body.length > LONGEST_BODY) {
            return " --data-binary @request.body # the %,d bytes that the evidence keeps as *.request.body"
                    .formatted(body.length);
        }
        String text = new String(body, StandardCharsets.UTF_8);
        boolean faithful = Arrays.equals(text.getBytes(StandardCharsets.UTF_8), body) && text.indexOf('\0') < 0;
        // A shell word can hold neither NUL nor, portably, bytes that are no text.
        return faithful ? " --data-raw " + quoted(text) : " --data-binary @- # a body of " + body.length + " raw bytes";
    }

    /** Single quotes keep everything literal; only the token's mark is left to the shell. */
    private static String quoted(String text) {
        String literal = "'" + text.replace("'", "'\\''") + "'";
        return literal.replace(Redaction.MARK, "'\"" + Redaction.MARK + "\"'");
    }
}
