package dev.touchstone.worker.engine.cpu;

import dev.touchstone.worker.model.gguf.TensorType;
import java.nio.ByteBuffer;

/**
 * Takes the quantized blocks of one row apart: a code for each weight, a scale and an offset for each group, such that
 * weight = code * scale + offset. Layouts are those of ggml's {@code block_*} structures.
 *
 * @param codes one for each column: 0 to 31, or signed where the type has no offset
 * @param offsets unused where the type has none
 */
record BlockCodes(byte[] codes, float[] scales, float[] offsets) {

    static BlockCodes ofColumns(int columns) {
        return new BlockCodes(new byte[columns], new float[columns / 16], new float[columns / 16]);
    }

    /** Columns that share a scale. */
    static int group(TensorType type) {
        return type == TensorType.Q6_K ? 16 : 32;
    }

    /** Reads a row of {@code codes.length} weights from little-endian bytes. */
    void read(TensorType type, ByteBuffer row) {
        int blocks = codes.length / type.blockSize();
        for (int b = 0; b < blocks; b++) {
            block(type, row, b * type.bytesPerBlock(), b * type.blockSize());
        }
    }

    private void block(TensorType type, ByteBuffer row, int from, int at) {
        switch (type) {
            case Q4_0 -> nibbles(row, from + 2, at, half(row, from), -8 * half(row, from), 0);
            case Q4_1 -> nibbles(row, from + 4, at, half(row, from), half(row, from + 2), 0);
            case Q5_0 -> nibbles(row, from + 6, at, half(row, from), -16 * half(row, from), row.getInt(from + 2));
            case Q5_1 -> nibbles(row, from + 8, at, half(row, from), half(row, from + 2), row.getInt(from + 4));
            case Q8_0 -> {
                scales[at / 32] = half(row, from);
                row.get(from + 2, codes, at, 32);
            }
            case Q4_K -> superBlock(row, from, from + 16, -1, at);
            case Q5_K -> superBlock(row, from, from + 48, from + 16, at);
            case Q6_K -> sixBits(row, from, at);
            case F32, F16, BF16 -> throw new IllegalArgumentException(type + " has no blocks");
        }
    }

    /** 16 bytes: the low nibbles, then the high ones; {@code fifth} has a fifth bit for each. */
    private void nibbles(ByteBuffer row, int from, int at, float scale, float offset, int fifth) {
        scales[at / 32] = scale;
        offsets[at / 32] = offset;
        for (int j = 0; j < 16; j++) {
            int pair = row.get(from + j);
            codes[at + j] = (byte) (pair & 15 | (fifth >>> j & 1) << 4);
            codes[at + 16 + j] = (byte) (pair >> 4 & 15 | (fifth >>> j + 16 & 1) << 4);
        }
    }

    /** Eight groups of 32 with six-bit scales and minima; {@code fifths} is negative where there are no fifth bits. */
    private void superBlock(ByteBuffer row, int from, int quants, int fifths, int at) {
        float scale = half(row, from);
        float min = half(row, from + 2);
        for (int g = 0; g < 8; g++) {
            scales[at / 32 + g] = scale * groupScale(row, from + 4, g);
            offsets[at / 32 + g] = -(min * groupMin(row, from + 4, g));
            for (int l = 0; l < 32; l++) {
                int low = row.get(quants + g / 2 * 32 + l) >> 4 * (g & 1) & 15;
                int high = fifths < 0 ? 0 : row.get(fifths + l) >> g & 1;
                codes[at + g * 32 + l] = (byte) (low | high << 4);
            }
        }
    }

    private static int groupScale(ByteBuffer row, int from, int g) {
        return g < 4 ? row.get(from + g) & 63 : row.get(from + g + 4) & 15 | (row.get(from + g - 4) >> 6 & 3) << 4;
    }

    private static int groupMin(ByteBuffer row, int from, int g) {
        return g < 4 ? row.get(from + g + 4) & 63 : row.get(from + g + 4) >> 4 & 15 | (row.get(from + g) >> 6 & 3) << 4;
    }

    private void sixBits(ByteBuffer row, int from, int at) {
        float scale = half(row, from + 208);
        for (int g = 0; g < 16; g++) {
            scales[at / 16 + g] = scale * row.get(from + 192 + g);
        }
        for (int i = 0; i < 256; i++) {
            int part = i / 128;
            int quarter = i % 128 / 32;
            int l = i % 32;
            int low = row.get(from + part * 64 + (quarter & 1) * 32 + l) >> 4 * (quarter / 2) & 15;
            int high = row.get(from + 128 + part * 32 + l) >> 2 * quarter & 3;
            codes[at + i] = (byte) ((low | high << 4) - 32);
        }
    }

    private static float half(ByteBuffer row, int at) {
        return Float.float16ToFloat(row.getShort(at));
    }
}
