package dev.touchstone.worker.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.model.gguf.Dequantizer;
import dev.touchstone.worker.model.gguf.GgufTensor;
import dev.touchstone.worker.model.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kernel against sums in double precision over the plain dequantizer's values. */
class MatrixTest {

    private static final int[] ROWS = {1, 31, 32, 33, 100};
    private static final int MOST_TOKENS = 15;

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void agreesWithDoublePrecision(TensorType type) throws ModelLoadException {
        int[] blocks = type.blockSize() == 1 ? new int[] {1, 7, 64, 129} : new int[] {1, 3, 5};
        for (int rows : ROWS) {
            for (int count : blocks) {
                check(tensor(type, rows, count * type.blockSize(), new Random(rows * 31L + count)));
            }
        }
    }

    private static void check(GgufTensor tensor) throws ModelLoadException {
        int columns = (int) tensor.rowLength();
        int rows = (int) tensor.rows();
        Matrix matrix = MatrixPacker.pack(tensor);
        Random random = new Random(5);
        float[] x = new float[MOST_TOKENS * columns];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        int stride = matrix.paddedRows();
        float[] scratch = new float[columns * Lanes.PANEL];
        float[] together = new float[MOST_TOKENS * stride];
        matrix.multiply(0, matrix.panels(), x, 0, columns, MOST_TOKENS, together, 0, stride, scratch);
        float[] alone = new float[MOST_TOKENS * stride];
        for (int t = 0; t < MOST_TOKENS; t++) {
            matrix.multiply(0, matrix.panels(), x, t * columns, columns, 1, alone, t * stride, stride, scratch);
        }
        assertThat(together).as("%s %d x %d", tensor.type(), rows, columns).isEqualTo(alone);
        float[] row = new float[columns];
        float[] own = new float[columns];
        for (int r = 0; r < rows; r++) {
            Dequantizer.row(tensor, r, row);
            matrix.row(r, own, 0, scratch);
            for (int t = 0; t < MOST_TOKENS; t++) {
                double sum = 0;
                double size = 0;
                for (int k = 0; k < columns; k++) {
                    sum += (double) row[k] * x[t * columns + k];
                    size += Math.abs((double) row[k] * x[t * columns + k]);
                    assertThat(Math.abs(own[k] - row[k])).isLessThanOrEqualTo(4e-6f * magnitude(row));
                }
                assertThat(Math.abs(alone[t * stride + r] - sum))
                        .as("%s %d x %d, row %d", tensor.type(), rows, columns, r)
                        .isLessThanOrEqualTo(1e-5 * size + 1e-6 * magnitude(row));
            }
        }
    }

    private static float magnitude(float[] row) {
        float most = 1e-30f;
        for (float weight : row) {
            most = Math.max(most, Math.abs(weight));
        }
        return most;
    }

    /** Random bytes, with scales that are small finite numbers. */
    private static GgufTensor tensor(TensorType type, int rows, int columns, Random random) {
        int blockBytes = type.bytesPerBlock();
        byte[] bytes = new byte[rows * (columns / type.blockSize()) * blockBytes];
        random.nextBytes(bytes);
        for (int at = 0; at < bytes.length; at += blockBytes) {
            switch (type) {
                case F32 -> put(bytes, at, 4, Float.floatToIntBits((float) random.nextGaussian()));
                case BF16 -> put(bytes, at, 2, Float.floatToIntBits((float) random.nextGaussian()) >>> 16);
                // Among them zeros, subnormal numbers and both signs.
                case F16 -> put(bytes, at, 2, half((float) (random.nextGaussian() * Math.pow(10, -random.nextInt(8)))));
                case Q4_0, Q5_0, Q8_0 -> put(bytes, at, 2, half(scale(random)));
                case Q4_1, Q5_1, Q4_K, Q5_K -> {
                    put(bytes, at, 2, half(scale(random)));
                    put(bytes, at + 2, 2, half(scale(random)));
                }
                case Q6_K -> put(bytes, at + 208, 2, half(scale(random)));
            }
        }
        return new GgufTensor("test", type, List.of((long) columns, (long) rows), MemorySegment.ofArray(bytes));
    }

    private static float scale(Random random) {
        return (float) (random.nextGaussian() * 0.05);
    }

    private static int half(float value) {
        return Float.floatToFloat16(value);
    }

    private static void put(byte[] bytes, int at, int count, int value) {
        for (int i = 0; i < count; i++) {
            bytes[at + i] = (byte) (value >>> 8 * i);
        }
    }
}
