package dev.touchstone.worker.engine.cpu;

import dev.touchstone.worker.model.gguf.GgufTensor;
import dev.touchstone.worker.model.gguf.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One matrix of 768 by 768 times one token and times 64, on one thread. Run it after {@code mvn test-compile}, in
 * {@code reference-worker}, with
 *
 * <pre>
 * mvn -q dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/classpath
 * java --add-modules jdk.incubator.vector -cp target/classes:target/test-classes:$(cat target/classpath) \
 *     org.openjdk.jmh.Main MatrixBenchmark
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class MatrixBenchmark {

    private static final int SIZE = 768;
    private static final int TOKENS = 64;

    @Param({"F32", "F16", "Q4_1", "Q5_1", "Q6_K", "Q8_0"})
    private TensorType type = TensorType.F32;

    private Matrix matrix = new FloatMatrix(0, 0, new float[0]);
    private final float[] x = new float[TOKENS * SIZE];
    private final float[] out = new float[TOKENS * SIZE];
    private final float[] scratch = new float[SIZE * Lanes.PANEL];

    /** Weights are zeros: what they are does not change the time. */
    @Setup
    public void pack() throws IOException {
        byte[] bytes = new byte[SIZE * SIZE / type.blockSize() * type.bytesPerBlock()];
        matrix = MatrixPacker.pack(
                new GgufTensor("benchmark", type, List.of((long) SIZE, (long) SIZE), MemorySegment.ofArray(bytes)));
    }

    @Benchmark
    public float[] oneToken() {
        matrix.multiply(0, matrix.panels(), x, 0, SIZE, 1, out, 0, SIZE, scratch);
        return out;
    }

    @Benchmark
    public float[] manyTokens() {
        matrix.multiply(0, matrix.panels(), x, 0, SIZE, TOKENS, out, 0, SIZE, scratch);
        return out;
    }
}
