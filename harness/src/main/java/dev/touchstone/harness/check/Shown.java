package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;

/** How values appear in messages: short, on one line, with control characters visible. */
final class Shown {
    private static final int LIMIT = 80;

    private Shown() {}

    /** What came back, in a few words; for answers that should have been others. */
    static String answer(Exchange exchange) {
        return exchange.head().isEmpty()
                ? "no answer came: " + end(exchange.end())
                : "it was %d with %s".formatted(exchange.status(), body(exchange));
    }

    /** A body that should have been another. */
    static String body(Exchange exchange) {
        String text = exchange.bodyText();
        return text.isEmpty() ? "an empty body" : quoted(text);
    }

    /** How a body ended, or why none came. */
    static String end(BodyEnd end) {
        return switch (end) {
            case BodyEnd.Complete complete -> "the body ended after " + millis(complete.nanos());
            case BodyEnd.Cut cut -> cut.reason();
            case BodyEnd.TimedOut timeout -> "the kit gave up after " + millis(timeout.nanos());
            case BodyEnd.Abandoned abandoned -> "the kit hung up after " + millis(abandoned.nanos());
            case BodyEnd.TooLarge large -> "the kit hung up after %d bytes".formatted(large.limit());
        };
    }

    static String quoted(String text) {
        return '"' + brief(text) + '"';
    }

    static String brief(String text) {
        var shown = new StringBuilder();
        text.codePoints().limit(LIMIT).forEach(c -> append(shown, c));
        return text.codePointCount(0, text.length()) > LIMIT ? shown + "…" : shown.toString();
    }

    static String millis(long nanos) {
        return "%.1f ms".formatted(nanos / 1e6);
    }

    private static void append(StringBuilder shown, int c) {
        switch (c) {
            case '\n' -> shown.append("\\n");
            case '\r' -> shown.append("\\r");
            case '\t' -> shown.append("\\t");
            default -> {
                if (Character.isISOControl(c) || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                    shown.append("\\u%04X".formatted(c));
                } else {
                    shown.appendCodePoint(c);
                }
            }
        }
    }
}
