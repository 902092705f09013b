package dev.touchstone.worker.generate;

/**
 * Bytes of tokens to whole characters: a character whose bytes are still incomplete is held back. Bytes that can never
 * become a character turn into U+FFFD, one for each maximal subpart (Unicode 16, table 3-8). Not thread-safe.
 */
public final class Utf8Assembler {
    private int needed;
    private int value;
    private int low = 0x80;
    private int high = 0xBF;

    /** Takes bytes and returns the characters that they complete. */
    public String accept(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            accept(b & 0xFF, out);
        }
        return out.toString();
    }

    /** Whether an unfinished character is held. */
    public boolean pending() {
        return needed > 0;
    }

    /** Ends the text: an unfinished character becomes one U+FFFD. */
    public String finish() {
        boolean unfinished = pending();
        needed = 0;
        low = 0x80;
        high = 0xBF;
        return unfinished ? "\uFFFD" : "";
    }

    private void accept(int b, StringBuilder out) {
        if (needed > 0) {
            if (b >= low && b <= high) {
                value = (value << 6) | (b & 0x3F);
                low = 0x80;
                high = 0xBF;
                if (--needed == 0) {
                    out.appendCodePoint(value);
                }
                return;
            }
            out.append(finish());
        }
        start(b, out);
    }

    private void start(int b, StringBuilder out) {
        if (b < 0x80) {
            out.append((char) b);
        } else if (b >= 0xC2 && b <= 0xDF) {
            begin(1, b & 0x1F, 0x80, 0xBF);
        } else if (b >= 0xE0 && b <= 0xEF) {
            begin(2, b & 0x0F, b == 0xE0 ? 0xA0 : 0x80, b == 0xED ? 0x9F : 0xBF);
        } else if (b >= 0xF0 && b <= 0xF4) {
            begin(3, b & 0x07, b == 0xF0 ? 0x90 : 0x80, b == 0xF4 ? 0x8F : 0xBF);
        } else {
            out.append('\uFFFD');
        }
    }

    private void begin(int count, int bits, int from, int to) {
        needed = count;
        value = bits;
        low = from;
        high = to;
    }
}
