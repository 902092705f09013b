package dev.touchstone.worker.telemetry;

/** Writes JSON strings. Control characters, quotes, backslashes and U+2028/2029 are escaped, lone surrogates replaced. */
public final class JsonText {
    private static final String HEX = "0123456789abcdef";

    private JsonText() {}

    /** Appends the text as a JSON string with its quotes. */
    public static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && c < 0x7F) {
                out.append(c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                out.append(c).append(text.charAt(++i));
            } else {
                special(c, out);
            }
        }
        out.append('"');
    }

    private static void special(char c, StringBuilder out) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (Character.isSurrogate(c)) {
                    out.append('\uFFFD');
                } else if (c < ' ' || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029) {
                    out.append("\\u")
                            .append(HEX.charAt(c >> 12))
                            .append(HEX.charAt((c >> 8) & 15))
                            .append(HEX.charAt((c >> 4) & 15))
                            .append(HEX.charAt(c & 15));
                } else {
                    out.append(c);
                }
            }
        }
    }
}
