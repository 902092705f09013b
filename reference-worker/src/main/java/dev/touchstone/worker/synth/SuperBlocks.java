package dev.touchstone.worker.synth;

import java.nio.ByteBuffer;

/** The types with superblocks of 256: groups whose scales are themselves small whole numbers of one scale. */
final class SuperBlocks {
    private static final int SIZE = 256;
    private static final int GROUPS = 8;
    private static final int GROUP = 32;
    private static final int MOST_STEPS = 63;

    private SuperBlocks() {}

    /**
     * Q4_K and Q5_K: value = scale · s · code - down · m, with s and m of 6 bits for each group of 32. Steps are rounded up,
     * so every value lies in what its group can say.
     */
    static void shifted(float[] row, int at, int bits, ByteBuffer out) {
        int most = (1 << bits) - 1;
        float[] lows = new float[GROUPS];
        for (int g = 0; g < GROUPS; g++) {
            lows[g] = Math.max(0, -Blocks.least(row, at + g * GROUP, GROUP));
        }
        float down = Rounding.halfUp(Blocks.largest(lows, 0, GROUPS) / MOST_STEPS);
        int[] downs = steps(lows, down);
        float[] spans = new float[GROUPS];
        for (int g = 0; g < GROUPS; g++) {
            float largest = Blocks.largest(row, at + g * GROUP, GROUP);
            spans[g] = Math.max(0, largest + down * downs[g]) / most;
        }
        float scale = Rounding.halfUp(Blocks.largest(spans, 0, GROUPS) / MOST_STEPS);
        int[] scales = steps(spans, scale);
        int[] codes = new int[SIZE];
        for (int i = 0; i < SIZE; i++) {
            int g = i / GROUP;
            codes[i] = Rounding.code(row[at + i] + down * downs[g], scale * scales[g], 0, most);
        }
        out.putShort(Float.floatToFloat16(scale));
        out.putShort(Float.floatToFloat16(down));
        out.put(packed(scales, downs));
        putCodes(codes, bits, out);
    }

    private static int[] steps(float[] values, float step) {
        int[] steps = new int[values.length];
        for (int g = 0; g < steps.length; g++) {
            steps[g] = Rounding.stepsUp(values[g], step, MOST_STEPS);
        }
        return steps;
    }

    /** 8 scales and 8 mins of 6 bits in 12 bytes: the first four of each in 0 to 7, whose top bits complete the others. */
    private static byte[] packed(int[] scales, int[] downs) {
        byte[] packed = new byte[12];
        for (int g = 0; g < 4; g++) {
            packed[g] = (byte) (scales[g] | scales[g + 4] >> 4 << 6);
            packed[g + 4] = (byte) (downs[g] | downs[g + 4] >> 4 << 6);
            packed[g + 8] = (byte) (scales[g + 4] & 15 | (downs[g + 4] & 15) << 4);
        }
        return packed;
    }

    /** Bit g of byte l holds the fifth bit of code l of group g, if there are any; then nibbles, two groups a 32 bytes. */
    private static void putCodes(int[] codes, int bits, ByteBuffer out) {
        for (int l = 0; bits == 5 && l < GROUP; l++) {
            int fifths = 0;
            for (int g = 0; g < GROUPS; g++) {
                fifths |= (codes[g * GROUP + l] >> 4) << g;
            }
            out.put((byte) fifths);
        }
        for (int pair = 0; pair < GROUPS; pair += 2) {
            for (int l = 0; l < GROUP; l++) {
                int low = codes[pair * GROUP + l] & 15;
                int high = codes[(pair + 1) * GROUP + l] & 15;
                out.put((byte) (low | high << 4));
            }
        }
    }

    /** Q6_K: value = scale · s · (code - 32), with a signed s of 8 bits for each group of 16. */
    static void symmetric(float[] row, int at, ByteBuffer out) {
        float[] steps = new float[16];
        for (int g = 0; g < 16; g++) {
            // The value that is largest in size gets the code 0, so the step has the opposite sign.
            steps[g] = Blocks.extreme(row, at + g * 16, 16) / -32;
        }
        float scale = Rounding.halfUp(Math.abs(Blocks.extreme(steps, 0, 16)) / 127);
        byte[] scales = new byte[16];
        int[] codes = new int[SIZE];
        for (int g = 0; g < 16; g++) {
            int size = Rounding.stepsUp(Math.abs(steps[g]), scale, 127);
            scales[g] = (byte) (steps[g] < 0 ? -size : size);
            for (int i = g * 16; i < g * 16 + 16; i++) {
                codes[i] = 32 + Rounding.code(row[at + i], scale * scales[g], -32, 31);
            }
        }
        putSixBits(codes, out);
        out.put(scales);
        out.putShort(Float.floatToFloat16(scale));
    }

    /** Two halves of 128: low nibbles (groups 0 and 2, then 1 and 3, share bytes), then the high pairs of four groups. */
    private static void putSixBits(int[] codes, ByteBuffer out) {
        for (int part = 0; part < SIZE; part += 128) {
            for (int l = 0; l < 64; l++) {
                out.put((byte) (codes[part + l] & 15 | (codes[part + 64 + l] & 15) << 4));
            }
        }
        for (int part = 0; part < SIZE; part += 128) {
            for (int l = 0; l < GROUP; l++) {
                int high = 0;
                for (int g = 0; g < 4; g++) {
                    high |= codes[part + g * GROUP + l] >> 4 << 2 * g;
                }
                out.put((byte) high);
            }
        }
    }
}
