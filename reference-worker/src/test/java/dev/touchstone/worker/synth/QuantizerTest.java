package dev.touchstone.worker.synth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.model.gguf.Dequantizer;
import dev.touchstone.worker.model.gguf.GgufTensor;
import dev.touchstone.worker.model.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written and read again by the dequantizer lies within the type's step. */
class QuantizerTest {
    private static final int COLUMNS = 1024;
    /** Half the distance of the smallest half-precision numbers. */
    private static final float LEAST_HALF = 0x1p-25f;

    /**
     * The error allowed in shares of a group's span, largest minus least value with zero among them: half a step of the
     * span's 15, 31 or 255 steps where the codes cover it, one where they do not, and what the group scales of 6 or 7 bits
     * round up.
     */
    @ParameterizedTest
    @CsvSource({
        "F32, 1, 0",
        "F16, 1, 0.0005",
        "BF16, 1, 0.004",
        "Q4_0, 32, 0.126",
        "Q4_1, 32, 0.0336",
        "Q5_0, 32, 0.0628",
        "Q5_1, 32, 0.0163",
        "Q8_0, 32, 0.004",
        "Q4_K, 32, 0.08",
        "Q5_K, 32, 0.04",
        "Q6_K, 16, 0.036"
    })
    void staysWithinTheStep(TensorType type, int group, float allowed) {
        Noise noise = new Noise(7, 0);
        float[] row = new float[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            row[i] = 0.03f * noise.at(i);
        }
        float[] back = roundTrip(type, row);
        for (int at = 0; at < COLUMNS; at += group) {
            float span = Math.max(0, Blocks.largest(row, at, group)) - Math.min(0, Blocks.least(row, at, group));
            for (int i = at; i < at + group; i++) {
                assertThat(Math.abs(back[i] - row[i]))
                        .as("element %d", i)
                        .isLessThanOrEqualTo(allowed * span + LEAST_HALF);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void keepsZerosAndOneLargeValueOfEitherSign(TensorType type) {
        assertThat(roundTrip(type, new float[COLUMNS])).containsOnly(0f);
        for (float large : new float[] {1000, -1000}) {
            float[] row = new float[COLUMNS];
            row[300] = large;
            float[] back = roundTrip(type, row);
            for (int i = 0; i < COLUMNS; i++) {
                assertThat(Math.abs(back[i] - row[i])).as("element %d", i).isLessThanOrEqualTo(5);
            }
            assertThat(Arrays.copyOf(back, 256)).containsOnly(0f);
        }
    }

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void keepsTinyAndOneSidedValuesFinite(TensorType type) {
        float[] tiny = new float[COLUMNS];
        Arrays.fill(tiny, 1e-7f);
        float[] positive = new float[COLUMNS];
        Arrays.fill(positive, 3);
        for (float value : roundTrip(type, tiny)) {
            assertThat(Math.abs(value)).isLessThan(1e-4f);
        }
        for (float value : roundTrip(type, positive)) {
            assertThat(value).isBetween(2.98f, 3.02f);
        }
    }

    private static float[] roundTrip(TensorType type, float[] row) {
        int bytes = COLUMNS / type.blockSize() * type.bytesPerBlock();
        ByteBuffer out = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        Quantizer.row(type, row, COLUMNS, out);
        assertThat(out.hasRemaining()).isFalse();
        float[] back = new float[COLUMNS];
        Dequantizer.row(
                new GgufTensor("t", type, List.of((long) COLUMNS), MemorySegment.ofArray(out.array())), 0, back);
        return back;
    }
}
