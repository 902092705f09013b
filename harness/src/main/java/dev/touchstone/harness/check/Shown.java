package dev.touchstone.harness.check;

/** How values appear in messages: short, on one line, with control characters visible. */
final class Shown {
    private static final int LIMIT = 80;

    private Shown() {}

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
