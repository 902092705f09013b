package dev.touchstone.worker.synth;

import java.nio.ByteBuffer;

/** The types with blocks of 32: one scale each, for some a least value too. */
final class Blocks {
    private static final int SIZE = 32;

    private Blocks() {}

    /**
     * Q4_0 and Q5_0: value = scale · (code - half), code in 0 … 2·half - 1. The value that is largest in size gets the code
     * 0, so the scale has the opposite sign, as ggml does it.
     */
    static void symmetric(float[] row, int at, int bits, ByteBuffer out) {
        int half = 1 << bits - 1;
        float extreme = extreme(row, at, SIZE);
        float size = Rounding.halfUp(Math.abs(extreme) / half);
        float scale = extreme > 0 ? -size : size;
        int[] codes = new int[SIZE];
        for (int i = 0; i < SIZE; i++) {
            codes[i] = half + Rounding.code(row[at + i], scale, -half, half - 1);
        }
        out.putShort(Float.floatToFloat16(scale));
        putCodes(codes, bits, out);
    }

    /** Q4_1 and Q5_1: value = scale · code + least, code in 0 … 2^bits - 1. */
    static void shifted(float[] row, int at, int bits, ByteBuffer out) {
        int most = (1 << bits) - 1;
        float least = Rounding.halfDown(least(row, at, SIZE));
        float scale = Rounding.halfUp((largest(row, at, SIZE) - least) / most);
        int[] codes = new int[SIZE];
        for (int i = 0; i < SIZE; i++) {
            codes[i] = Rounding.code(row[at + i] - least, scale, 0, most);
        }
        out.putShort(Float.floatToFloat16(scale));
        out.putShort(Float.floatToFloat16(least));
        putCodes(codes, bits, out);
    }

    /** Q8_0: value = scale · code, code in -127 … 127. */
    static void bytes(float[] row, int at, ByteBuffer out) {
        float scale = Rounding.halfUp(Math.abs(extreme(row, at, SIZE)) / 127);
        out.putShort(Float.floatToFloat16(scale));
        for (int i = 0; i < SIZE; i++) {
            out.put((byte) Rounding.code(row[at + i], scale, -127, 127));
        }
    }

    /** Fifth bits of all 32 codes in one word, if there are any, then the low nibbles: code j beside code j + 16. */
    private static void putCodes(int[] codes, int bits, ByteBuffer out) {
        if (bits == 5) {
            int fifths = 0;
            for (int i = 0; i < SIZE; i++) {
                fifths |= (codes[i] >> 4) << i;
            }
            out.putInt(fifths);
        }
        for (int i = 0; i < SIZE / 2; i++) {
            out.put((byte) (codes[i] & 15 | (codes[i + SIZE / 2] & 15) << 4));
        }
    }

    /** The value that is largest in size, with its sign. */
    static float extreme(float[] row, int at, int count) {
        float extreme = 0;
        for (int i = at; i < at + count; i++) {
            extreme = Math.abs(row[i]) > Math.abs(extreme) ? row[i] : extreme;
        }
        return extreme;
    }

    static float least(float[] row, int at, int count) {
        float least = row[at];
        for (int i = at + 1; i < at + count; i++) {
            least = Math.min(least, row[i]);
        }
        return least;
    }

    static float largest(float[] row, int at, int count) {
        float largest = row[at];
        for (int i = at + 1; i < at + count; i++) {
            largest = Math.max(largest, row[i]);
        }
        return largest;
    }
}
