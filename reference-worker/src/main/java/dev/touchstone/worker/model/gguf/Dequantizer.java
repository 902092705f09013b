package dev.touchstone.worker.model.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Turns stored rows into float32, one element at a time: slow and plain, the reference for every fast kernel. Layouts
 * and formulas are those of ggml's {@code dequantize_row_*}. Stateless, thread-safe.
 */
public final class Dequantizer {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Dequantizer() {}

    /**
     * Writes row {@code row} into {@code out[0, rowLength)}.
     *
     * @throws IndexOutOfBoundsException if there is no such row or {@code out} is too short
     */
    public static void row(GgufTensor tensor, long row, float[] out) {
        Objects.checkIndex(row, tensor.rows());
        Objects.checkFromToIndex(0, tensor.rowLength(), (long) out.length);
        TensorType type = tensor.type();
        long blocks = tensor.rowLength() / type.blockSize();
        long start = row * tensor.rowBytes();
        for (int b = 0; b < blocks; b++) {
            MemorySegment block = tensor.data().asSlice(start + (long) b * type.bytesPerBlock(), type.bytesPerBlock());
            block(type, block, out, b * type.blockSize());
        }
    }

    private static void block(TensorType type, MemorySegment block, float[] out, int at) {
        switch (type) {
            case F32 -> out[at] = Float.intBitsToFloat(block.get(INT, 0));
            case F16 -> out[at] = half(block, 0);
            case BF16 -> out[at] = Float.intBitsToFloat(block.get(SHORT, 0) << 16);
            case Q4_0 -> q4(block, half(block, 0), -8 * half(block, 0), 2, out, at);
            case Q4_1 -> q4(block, half(block, 0), half(block, 2), 4, out, at);
            case Q5_0 -> q5(block, half(block, 0), -16 * half(block, 0), 2, out, at);
            case Q5_1 -> q5(block, half(block, 0), half(block, 2), 4, out, at);
            case Q8_0 -> q8(block, out, at);
            case Q4_K -> q4k(block, out, at);
            case Q5_K -> q5k(block, out, at);
            case Q6_K -> q6k(block, out, at);
        }
    }

    /** 16 bytes hold 32 values: low nibbles first, then the high ones. */
    private static void q4(MemorySegment block, float scale, float shift, int quants, float[] out, int at) {
        for (int j = 0; j < 16; j++) {
            int pair = u8(block, quants + j);
            out[at + j] = (pair & 15) * scale + shift;
            out[at + j + 16] = (pair >> 4) * scale + shift;
        }
    }

    /** As {@link #q4}, with the fifth bits of all 32 values in one word before the nibbles. */
    private static void q5(MemorySegment block, float scale, float shift, int high, float[] out, int at) {
        int fifths = block.get(INT, high);
        for (int j = 0; j < 16; j++) {
            int pair = u8(block, high + 4 + j);
            out[at + j] = ((pair & 15) | (fifths >>> j & 1) << 4) * scale + shift;
            out[at + j + 16] = ((pair >> 4) | (fifths >>> j + 16 & 1) << 4) * scale + shift;
        }
    }

    private static void q8(MemorySegment block, float[] out, int at) {
        float scale = half(block, 0);
        for (int j = 0; j < 32; j++) {
            out[at + j] = block.get(ValueLayout.JAVA_BYTE, 2 + j) * scale;
        }
    }

    /** Scale and least scale (f16), 12 bytes of 6-bit scales and mins of 8 groups, 128 bytes of nibbles. */
    private static void q4k(MemorySegment block, float[] out, int at) {
        for (int group = 0; group < 8; group++) {
            float scale = half(block, 0) * groupScale(block, group);
            float min = half(block, 2) * groupMin(block, group);
            for (int l = 0; l < 32; l++) {
                int pair = u8(block, 16 + group / 2 * 32 + l);
                out[at + group * 32 + l] = (pair >> 4 * (group & 1) & 15) * scale - min;
            }
        }
    }

    /** As {@link #q4k}, with 32 bytes of fifth bits (bit {@code group} of byte {@code l}) before the nibbles. */
    private static void q5k(MemorySegment block, float[] out, int at) {
        for (int group = 0; group < 8; group++) {
            float scale = half(block, 0) * groupScale(block, group);
            float min = half(block, 2) * groupMin(block, group);
            for (int l = 0; l < 32; l++) {
                int low = u8(block, 48 + group / 2 * 32 + l) >> 4 * (group & 1) & 15;
                int high = u8(block, 16 + l) >> group & 1;
                out[at + group * 32 + l] = (low | high << 4) * scale - min;
            }
        }
    }

    /** 128 bytes of low nibbles, 64 of high bit pairs, 16 signed scales, one f16; two halves of four groups of 32. */
    private static void q6k(MemorySegment block, float[] out, int at) {
        float scale = half(block, 208);
        for (int i = 0; i < 256; i++) {
            int part = i / 128;
            int group = i % 128 / 32;
            int l = i % 32;
            int low = u8(block, part * 64 + (group & 1) * 32 + l) >> 4 * (group / 2) & 15;
            int high = u8(block, 128 + part * 32 + l) >> 2 * group & 3;
            int groupScale = block.get(ValueLayout.JAVA_BYTE, 192 + part * 8 + group * 2 + l / 16);
            out[at + i] = scale * groupScale * ((low | high << 4) - 32);
        }
    }

    /** The first four scales are the low six bits of bytes 0 to 3; the others keep their top two bits there. */
    private static int groupScale(MemorySegment block, int group) {
        return group < 4
                ? u8(block, 4 + group) & 63
                : u8(block, 4 + group + 4) & 15 | u8(block, 4 + group - 4) >> 6 << 4;
    }

    private static int groupMin(MemorySegment block, int group) {
        return group < 4
                ? u8(block, 4 + group + 4) & 63
                : u8(block, 4 + group + 4) >> 4 | u8(block, 4 + group) >> 6 << 4;
    }

    private static int u8(MemorySegment block, int at) {
        return block.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
    }

    private static float half(MemorySegment block, int at) {
        return Float.float16ToFloat(block.get(SHORT, at));
    }
}
