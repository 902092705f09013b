package dev.touchstone.features.teeth.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The first line and the headers of a message.
 *
 * @param clean whether each line is as RFC 9112 wants it: ended by CRLF, with a token for a name, no white space before the
 *     colon, nothing folded
 */
record Head(String firstLine, List<HeaderLine> headers, boolean clean) {

    /** More than that is no head that the proxy looks at. */
    static final int MOST_BYTES = 64 * 1024;

    private static final Pattern FIELD =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([\\x20-\\x7e\\t\\x80-\\xff]*?)[ \\t]*");

    Head {
        headers = List.copyOf(headers);
    }

    /** Reads a head, with or without its empty line. */
    static Head parse(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String[] lines = text.split("\r\n");
        List<HeaderLine> headers = new ArrayList<>();
        boolean clean = lines.length > 0;
        for (int n = 1; n < lines.length; n++) {
            var field = FIELD.matcher(lines[n]);
            if (field.matches()) {
                headers.add(new HeaderLine(field.group(1), field.group(2)));
            } else {
                clean = false;
            }
        }
        return new Head(lines.length > 0 ? lines[0] : "", headers, clean);
    }

    /** All values of that name. */
    List<String> values(String name) {
        return headers.stream().filter(h -> h.is(name)).map(HeaderLine::value).toList();
    }

    Optional<String> value(String name) {
        return values(name).stream().findFirst();
    }

    /** Where the empty line behind a head ends, from that index on; -1 where it is not there yet. */
    static int end(byte[] bytes, int length) {
        for (int at = 3; at < length; at++) {
            if (bytes[at] == '\n' && bytes[at - 1] == '\r' && bytes[at - 2] == '\n' && bytes[at - 3] == '\r') {
                return at + 1;
            }
        }
        return -1;
    }

    /** The bytes of a first line and headers, with the empty line. */
    static byte[] bytes(String firstLine, List<HeaderLine> headers) {
        var text = new StringBuilder(firstLine).append("\r\n");
        headers.forEach(
                h -> text.append(h.name()).append(": ").append(h.value()).append("\r\n"));
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
