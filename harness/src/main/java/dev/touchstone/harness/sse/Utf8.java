package dev.touchstone.harness.sse;

import java.util.function.LongConsumer;

/**
 * Decodes UTF-8 as the WHATWG Encoding standard does: each maximal subpart of an ill-formed sequence becomes one
 * U+FFFD. Java's own decoder replaces an encoded surrogate once where the standard replaces it three times.
 */
final class Utf8 {

    private Utf8() {}

    /**
     * Decodes the bytes from {@code from} to {@code to}.
     *
     * @param base offset of {@code bytes[0]} in the body
     * @param malformed receives the body offset of each byte sequence that was replaced
     */
    static String decode(byte[] bytes, int from, int to, long base, LongConsumer malformed) {
        var text = new StringBuilder(to - from);
        int at = from;
        while (at < to) {
            int lead = bytes[at] & 0xff;
            if (lead < 0x80) {
                text.append((char) lead);
                at++;
                continue;
            }
            int length = length(lead);
            int have = 1;
            while (have < length && at + have < to && isContinuation(lead, have, bytes[at + have] & 0xff)) {
                have++;
            }
            if (have == length) {
                text.appendCodePoint(codePoint(bytes, at, length));
            } else {
                text.append('\uFFFD');
                malformed.accept(base + at);
            }
            at += have;
        }
        return text.toString();
    }

    /** Bytes of the sequence that this lead byte begins; 0 where it can begin none. */
    private static int length(int lead) {
        if (lead >= 0xc2 && lead <= 0xdf) {
            return 2;
        }
        if (lead >= 0xe0 && lead <= 0xef) {
            return 3;
        }
        return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
    }

    private static boolean isContinuation(int lead, int index, int value) {
        int low = 0x80;
        int high = 0xbf;
        if (index == 1) {
            // The second byte's range excludes overlong forms, surrogates and what lies beyond U+10FFFF.
            switch (lead) {
                case 0xe0 -> low = 0xa0;
                case 0xed -> high = 0x9f;
                case 0xf0 -> low = 0x90;
                case 0xf4 -> high = 0x8f;
                default -> {}
            }
        }
        return value >= low && value <= high;
    }

    private static int codePoint(byte[] bytes, int at, int length) {
        int value = bytes[at] & (0x7f >> length);
        for (int i = 1; i < length; i++) {
            value = value << 6 | bytes[at + i] & 0x3f;
        }
        return value;
    }
}
