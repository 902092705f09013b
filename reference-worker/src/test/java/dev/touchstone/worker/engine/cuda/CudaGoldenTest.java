package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.GoldenComparison;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@GpuTest
class CudaGoldenTest {

    /** Keys and values of 11 bits instead of 24: that alone moved the F16 tiny model by 1.6e-2 in exact arithmetic. */
    private static final double BOUND_WITH_HALF_KEYS = 5e-2;

    @ParameterizedTest
    @MethodSource("dev.touchstone.worker.engine.GoldenComparison#models")
    void agreesWithLlamaCpp(String model) throws IOException {
        check(model, GoldenComparison.BOUND, KvType.F32);
    }

    @ParameterizedTest
    @MethodSource("dev.touchstone.worker.engine.GoldenComparison#models")
    void staysCloseWithHalfPrecisionKeysAndValues(String model) throws IOException {
        check(model, BOUND_WITH_HALF_KEYS, KvType.F16);
    }

    private static void check(String model, double bound, KvType kvType) throws IOException {
        GoldenComparison.check(
                model, bound, file -> CudaEngine.load(file, NeedsGpu.device(), 0, kvType, percent -> {}));
    }
}
