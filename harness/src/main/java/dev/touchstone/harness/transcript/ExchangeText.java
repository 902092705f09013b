package dev.touchstone.harness.transcript;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Renders an exchange as text that a person can read as evidence; the token never appears. */
public final class ExchangeText {

    /** Bytes of a request body, and of one piece of a response, that are shown; what is longer is cut and says so. */
    private static final int SHOWN = 8 * 1024;

    private ExchangeText() {}

    /** The request, the response head, and each piece of the body with its byte offset, milliseconds and read. */
    public static String of(Exchange exchange, Redaction redaction) {
        var text = new StringBuilder();
        RequestRecord request = exchange.request();
        text.append("# ")
                .append(exchange.number())
                .append(' ')
                .append(exchange.label())
                .append('\n');
        text.append("# ").append(Curl.of(request).replace("\n", "\n# ")).append("\n\n");
        text.append(request.method()).append(' ').append(request.url()).append('\n');
        headers(text, request.headers(), redaction);
        text.append('\n').append(shown(request.body())).append("\n\n");
        exchange.head().ifPresent(head -> {
            text.append(head.protocol()).append(' ').append(head.status());
            text.append("  # after ").append(millis(head.nanos())).append(" ms\n");
            headers(text, head.headers(), redaction);
        });
        text.append("\n#  offset          ms  read\n");
        exchange.chunks().forEach(chunk -> chunk(text, chunk));
        text.append("# ").append(end(exchange.end())).append('\n');
        return redaction.text(text.toString());
    }

    private static String shown(byte[] bytes) {
        return bytes.length <= SHOWN
                ? new String(bytes, StandardCharsets.UTF_8)
                : new String(bytes, 0, SHOWN, StandardCharsets.UTF_8)
                        + " … and %,d bytes more".formatted(bytes.length - SHOWN);
    }

    private static void headers(StringBuilder text, List<Map.Entry<String, String>> headers, Redaction redaction) {
        headers.forEach(h -> {
            // Request headers were redacted when they were recorded; only the token's mark may stand there.
            boolean done = h.getValue().contains(Redaction.MARK) || h.getValue().equals(Redaction.OTHER);
            var shown = done ? h : redaction.header(h.getKey(), h.getValue());
            text.append(shown.getKey()).append(": ").append(shown.getValue()).append('\n');
        });
    }

    private static void chunk(StringBuilder text, Chunk chunk) {
        String bytes = shown(chunk.bytes());
        text.append("%9d %11s %5d  ".formatted(chunk.offset(), millis(chunk.nanos()), chunk.read()));
        text.append(bytes.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n"))
                .append('\n');
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
