package dev.touchstone.harness.transcript;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Renders an exchange as text that a person can read as evidence; the token never appears. */
public final class ExchangeText {

    /** Characters of a request body, and of one piece of a response; what is longer is cut and says so. */
    private static final int SHOWN = 8 * 1024;

    private ExchangeText() {}

    /**
     * The command that sends the request again, the request, the response head, and each piece of the body with the
     * byte offset of what is shown, milliseconds and read. A character that spans pieces stands with the piece that
     * completes it; {@code \xHH} is a byte that is not text.
     */
    public static String of(Exchange exchange, Redaction redaction) {
        var text = new StringBuilder();
        RequestRecord request = exchange.request();
        text.append("# ").append(exchange.number()).append(' ').append(exchange.label());
        text.append("\n\n").append(Curl.of(request)).append("\n\n");
        text.append(request.method()).append(' ').append(request.url()).append('\n');
        headers(text, request.headers());
        text.append('\n').append(cut(requestBody(request.body()))).append("\n\n");
        exchange.head().ifPresent(head -> {
            text.append(head.protocol()).append(' ').append(head.status());
            text.append("  # after ").append(millis(head.nanos())).append(" ms\n");
            headers(text, redaction.received(head.headers()));
        });
        text.append("\n#  offset          ms  read\n");
        body(text, exchange.chunks());
        text.append("# ").append(end(exchange.end())).append('\n');
        return redaction.text(text.toString());
    }

    private static void headers(StringBuilder text, List<Map.Entry<String, String>> headers) {
        headers.forEach(
                h -> text.append(h.getKey()).append(": ").append(h.getValue()).append('\n'));
    }

    private static String requestBody(byte[] body) {
        if (ShownBytes.isPrintable(body)) {
            return ShownBytes.text(body);
        }
        var shown = new ShownBytes();
        return shown.next(body) + shown.rest();
    }

    private static String cut(String text) {
        if (text.length() <= SHOWN) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(SHOWN - 1)) ? SHOWN - 1 : SHOWN;
        return text.substring(0, end) + " … and %,d characters more".formatted(text.length() - end);
    }

    private static void body(StringBuilder text, List<Chunk> chunks) {
        var shown = new ShownBytes();
        long end = 0;
        for (Chunk chunk : chunks) {
            if (chunk.offset() > end) {
                text.append("# %,d bytes were not kept\n".formatted(chunk.offset() - end));
                shown = new ShownBytes();
            }
            end = chunk.end();
            long from = chunk.offset() - shown.held();
            line(text, chunk, from, shown.next(chunk.bytes()));
        }
        if (shown.held() > 0) {
            Chunk last = chunks.getLast();
            line(text, last, last.end() - shown.held(), shown.rest());
        }
    }

    private static void line(StringBuilder text, Chunk chunk, long from, String shown) {
        text.append("%9d %11s %5d  ".formatted(from, millis(chunk.nanos()), chunk.read()));
        text.append(cut(shown)).append('\n');
    }

    private static String end(BodyEnd end) {
        String how = switch (end) {
            case BodyEnd.Complete _ -> "the body ended";
            case BodyEnd.Cut cut -> "cut: " + cut.reason();
            case BodyEnd.TimedOut _ -> "the kit's time limit ran out";
            case BodyEnd.Abandoned _ -> "the kit hung up";
            case BodyEnd.TooLarge large -> "the body grew past " + large.limit() + " bytes";
        };
        return how + " after " + millis(end.nanos()) + " ms";
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
    }
}
