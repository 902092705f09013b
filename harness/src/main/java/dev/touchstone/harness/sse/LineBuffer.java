package dev.touchstone.harness.sse;

import java.util.Arrays;

/** The bytes of the line under way, and where it began. */
final class LineBuffer {

    private byte[] bytes = new byte[256];
    private int length;
    private long start;

    void begin(long offset) {
        length = 0;
        start = offset;
    }

    void add(byte value) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, length * 2);
        }
        bytes[length++] = value;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    long start() {
        return start;
    }

    /** Where the first such byte is; -1 where there is none. */
    int indexOf(char ascii) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] == ascii) {
                return i;
            }
        }
        return -1;
    }

    boolean hasByteOrderMarkAt(int at) {
        return length >= at + 3
                && bytes[at] == (byte) 0xef
                && bytes[at + 1] == (byte) 0xbb
                && bytes[at + 2] == (byte) 0xbf;
    }
}
