package dev.touchstone.worker.engine.cpu;

import dev.touchstone.worker.engine.GoldenComparison;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenTest {

    @ParameterizedTest
    @MethodSource("dev.touchstone.worker.engine.GoldenComparison#models")
    void agreesWithLlamaCpp(String model) throws IOException {
        GoldenComparison.check(model, GoldenComparison.BOUND, file -> CpuEngine.load(file, 0, 0));
    }
}
