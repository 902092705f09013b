package dev.touchstone.worker.synth;

import dev.touchstone.worker.model.gguf.TensorType;
import java.nio.ByteBuffer;

/**
 * Writes rows of float32 as ggml's types, rounding to the nearest number that the type can say. The scales are the
 * simple ones (largest absolute value, or least and largest value, of a block): files are as large and as shaped as
 * those of {@code llama-quantize}, which searches for better scales. The error is at most half a step of the block for
 * F32 to BF16, Q4_1, Q5_1, Q8_0, Q4_K and Q5_K; for Q4_0, Q5_0 and Q6_K, whose codes reach one step further down than
 * up, at most one step. Stateless, thread-safe.
 */
final class Quantizer {
    private Quantizer() {}

    /** Writes {@code row[0, columns)}; {@code out} is little-endian and advances by the row's bytes. */
    static void row(TensorType type, float[] row, int columns, ByteBuffer out) {
        for (int at = 0; at < columns; at += type.blockSize()) {
            switch (type) {
                case F32 -> out.putFloat(row[at]);
                case F16 -> out.putShort(Float.floatToFloat16(row[at]));
                case BF16 -> out.putShort(Rounding.brain(row[at]));
                case Q4_0 -> Blocks.symmetric(row, at, 4, out);
                case Q5_0 -> Blocks.symmetric(row, at, 5, out);
                case Q4_1 -> Blocks.shifted(row, at, 4, out);
                case Q5_1 -> Blocks.shifted(row, at, 5, out);
                case Q8_0 -> Blocks.bytes(row, at, out);
                case Q4_K -> SuperBlocks.shifted(row, at, 4, out);
                case Q5_K -> SuperBlocks.shifted(row, at, 5, out);
                case Q6_K -> SuperBlocks.symmetric(row, at, out);
            }
        }
    }
}
