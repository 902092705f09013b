package dev.touchstone.worker.fault;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Wrong ways from a token's bytes to text and back. */
public final class Bytes {

    /** Lone surrogates from here on stand for bytes, as in Python's {@code surrogateescape}. */
    private static final int ESCAPE = 0xDC00;

    private Bytes() {}

    public static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Decodes without a memory of what was before. */
    public static String decoded(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            Fired.now();
        }
        return text;
    }

    public static String latin1(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.chars().anyMatch(c -> c > 0x7F)) {
            Fired.now();
        }
        return text;
    }

    /** Whole characters as they are, other bytes as lone surrogates. */
    public static String kept(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            StringBuilder out = new StringBuilder();
            for (byte b : bytes) {
                out.append((char) (b >= 0 ? b : ESCAPE + (b & 0xFF)));
            }
            return out.toString();
        }
    }

    public static boolean someKept(CharSequence text) {
        return text.codePoints().anyMatch(Bytes::stands);
    }

    /** UTF-8, but the bytes that lone surrogates stand for as they are. */
    public static byte[] raw(CharSequence text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        text.codePoints().forEach(c -> {
            if (stands(c)) {
                Fired.now();
                out.write(c & 0xFF);
            } else {
                out.writeBytes(of(Character.toString(c)));
            }
        });
        return out.toByteArray();
    }

    private static boolean stands(int c) {
        return c >= ESCAPE + 0x80 && c <= ESCAPE + 0xFF;
    }
}
