package dev.touchstone.harness.sse;

import java.util.ArrayList;
import java.util.List;

/**
 * What the WHATWG standards say of a whole body, spelled out in their own order and without regard for speed: "UTF-8
 * decode" of the Encoding standard over all bytes, then section 9.2.6 of the HTML standard over all characters. Shares
 * no code with {@link SseReader}.
 */
final class StandardModel {

    /** @param dispatched offset of the byte that ended the blank line */
    record Event(String type, String data, String id, long start, long end, long dispatched) {}

    /** One decoded character and where its bytes are. */
    private record Character(int codePoint, int from, int to) {}

    private final byte[] body;
    private final List<Character> text = new ArrayList<>();
    private final List<Long> malformed = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private int comments;

    private String data = "";
    private String type = "";
    private String id = "";
    private long start = -1;

    private StandardModel(byte[] body) {
        this.body = body;
    }

    static StandardModel of(byte[] body) {
        var model = new StandardModel(body);
        model.decode();
        model.interpret();
        return model;
    }

    List<Event> events() {
        return events;
    }

    int comments() {
        return comments;
    }

    /** Offsets of the byte sequences that the decoder replaced. */
    List<Long> malformed() {
        return malformed;
    }

    /** The decoder's state machine: bytes needed, bytes seen, lower and upper boundary. */
    private void decode() {
        int needed = 0;
        int seen = 0;
        int point = 0;
        int lower = 0x80;
        int upper = 0xbf;
        int from = 0;
        for (int at = 0; at < body.length; at++) {
            int value = Byte.toUnsignedInt(body[at]);
            if (needed == 0) {
                from = at;
                if (value <= 0x7f) {
                    text.add(new Character(value, at, at + 1));
                } else if (value >= 0xc2 && value <= 0xdf) {
                    needed = 1;
                    point = value & 0x1f;
                } else if (value >= 0xe0 && value <= 0xef) {
                    lower = value == 0xe0 ? 0xa0 : lower;
                    upper = value == 0xed ? 0x9f : upper;
                    needed = 2;
                    point = value & 0xf;
                } else if (value >= 0xf0 && value <= 0xf4) {
                    lower = value == 0xf0 ? 0x90 : lower;
                    upper = value == 0xf4 ? 0x8f : upper;
                    needed = 3;
                    point = value & 0x7;
                } else {
                    replace(from, at + 1);
                }
                continue;
            }
            boolean inside = value >= lower && value <= upper;
            lower = 0x80;
            upper = 0xbf;
            if (!inside) {
                replace(from, at);
                needed = 0;
                seen = 0;
                at--; // the byte is read again
                continue;
            }
            point = point << 6 | value & 0x3f;
            if (++seen == needed) {
                text.add(new Character(point, from, at + 1));
                needed = 0;
                seen = 0;
            }
        }
        if (needed > 0) {
            replace(from, body.length);
        }
    }

    private void replace(int from, int to) {
        text.add(new Character(0xfffd, from, to));
        malformed.add((long) from);
    }

    private void interpret() {
        // Not the character: a BOM is three bytes, and U+FFFD is none.
        int at = !text.isEmpty() && text.getFirst().codePoint() == 0xfeff ? 1 : 0;
        int lineFrom = at;
        while (at < text.size()) {
            int c = text.get(at).codePoint();
            if (c != '\r' && c != '\n') {
                at++;
                continue;
            }
            boolean pair = c == '\r' && at + 1 < text.size() && text.get(at + 1).codePoint() == '\n';
            int next = at + (pair ? 2 : 1);
            line(lineFrom, at, text.get(next - 1).to(), text.get(at).from());
            at = next;
            lineFrom = next;
        }
    }

    private void line(int from, int to, long end, long firstEndByte) {
        if (from == to) {
            dispatch(end, firstEndByte);
            return;
        }
        String line = string(from, to);
        int colon = line.indexOf(':');
        if (colon == 0) {
            comments++;
            return;
        }
        if (start < 0) {
            start = text.get(from).from();
        }
        String name = colon < 0 ? line : line.substring(0, colon);
        String value = colon < 0 ? "" : line.substring(colon + 1);
        field(name, value.startsWith(" ") ? value.substring(1) : value);
    }

    private String string(int from, int to) {
        var line = new StringBuilder();
        text.subList(from, to).forEach(c -> line.appendCodePoint(c.codePoint()));
        return line.toString();
    }

    private void field(String name, String value) {
        switch (name) {
            case "event" -> type = value;
            case "data" -> data = data + value + "\n";
            case "id" -> id = value.contains("\0") ? id : value;
            default -> {}
        }
    }

    private void dispatch(long end, long dispatched) {
        if (!data.isEmpty()) {
            String joined = data.substring(0, data.length() - 1);
            events.add(new Event(type.isEmpty() ? "message" : type, joined, id, start, end, dispatched));
        }
        data = "";
        type = "";
        start = -1;
    }
}
