package dev.touchstone.harness.transcript;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Shows bytes that arrive in pieces as UTF-8 text on one line a piece. A character that spans pieces is shown whole
 * with the piece that completes it. A backslash begins an escape: {@code \n}, {@code \r}, {@code \\}, and {@code \xHH}
 * for a control character or a byte that is not UTF-8. Not thread-safe.
 */
final class ShownBytes {

    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private byte[] held = new byte[0];

    /** Number of bytes given before that are still held back. */
    int held() {
        return held.length;
    }

    /** Shows what these bytes complete. */
    String next(byte[] piece) {
        byte[] bytes = Arrays.copyOf(held, held.length + piece.length);
        System.arraycopy(piece, 0, bytes, held.length, piece.length);
        return show(bytes, false);
    }

    /** Shows what was held back and is never completed. */
    String rest() {
        return show(held, true);
    }

    private String show(byte[] bytes, boolean last) {
        var shown = new StringBuilder(bytes.length);
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(bytes.length + 1);
        decoder.reset();
        CoderResult result = decoder.decode(in, out, last);
        while (result.isError()) {
            flush(out, shown);
            for (int i = 0; i < result.length(); i++) {
                shown.append(hex(in.get() & 0xff));
            }
            decoder.reset();
            result = decoder.decode(in, out, last);
        }
        flush(out, shown);
        held = Arrays.copyOfRange(bytes, in.position(), bytes.length);
        return shown.toString();
    }

    private static void flush(CharBuffer out, StringBuilder shown) {
        out.flip().chars().forEach(c -> shown.append(escaped((char) c)));
        out.clear();
    }

    private static String escaped(char c) {
        return switch (c) {
            case '\\' -> "\\\\";
            case '\r' -> "\\r";
            case '\n' -> "\\n";
            default -> c < 0x20 || c == 0x7f ? hex(c) : String.valueOf(c);
        };
    }

    private static String hex(int value) {
        return "\\x%02x".formatted(value);
    }

    /** Whether the bytes are UTF-8 text without control characters other than line feeds. */
    static boolean isPrintable(byte[] bytes) {
        String text = text(bytes);
        return Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)
                && text.chars().noneMatch(c -> c != '\n' && Character.isISOControl(c));
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
