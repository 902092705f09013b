package dev.touchstone.worker.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.engine.TooLittleMemoryException;
import dev.touchstone.worker.model.SharedFiles;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import jcuda.driver.JCudaDriver;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** VRAM stays as it is once a model is loaded. Nobody else may use the GPU meanwhile. */
@GpuTest
class CudaMemoryTest {

    private static final int ROUNDS = 200;
    private static final long DRIVER_PAGE = 2 << 20;

    private static Path model() {
        return SharedFiles.shared("models/touchstone-tiny-q8_0.gguf");
    }

    @Test
    void isFlatOverJobsWithOddEnds() throws IOException {
        try (GgufFile file = GgufFile.open(model());
                Engine engine = CudaEngine.load(file, NeedsGpu.device(), 0, KvType.F16, percent -> {})) {
            engine.warmUp();
            try (Sequence other = engine.open(100)) {
                other.prefill(new int[] {1}, 0, 1, new float[0]);
                // the second cache is as large as a job can need, and kept from then on
                engine.open(engine.facts().contextLength()).close();
                job(engine, new Random(0), 0);
                long before = free();
                Random random = new Random(1);
                for (int round = 0; round < ROUNDS; round++) {
                    job(engine, random, round);
                }
                assertThat(free()).isEqualTo(before);
            }
        }
    }

    @Test
    void isGivenBackWhenAnEngineIsClosed() throws IOException {
        try (CudaContext held = CudaContext.open(NeedsGpu.device())) {
            load();
            long before = held.availableBytes();
            for (int round = 0; round < 5; round++) {
                load();
            }
            // the driver itself may take one more of its pages; an engine has several times as much for its weights
            // alone
            assertThat(before - held.availableBytes()).isLessThanOrEqualTo(DRIVER_PAGE);
        }
    }

    @Test
    void healthTellsWhatTheDriverTells() throws IOException {
        try (GgufFile file = GgufFile.open(model());
                Engine engine = CudaEngine.load(file, NeedsGpu.device(), 0, KvType.F16, percent -> {})) {
            assertThat(engine.vramBytesUsed()).isGreaterThan(file.size());
        }
    }

    @Test
    void refusesAModelBeyondTheDevicesMemoryBeforeLoading() {
        MemoryPlan plan = new MemoryPlan(1L << 50, 1, 1, 1);
        try (CudaContext context = CudaContext.open(NeedsGpu.device())) {
            Assertions.assertThatThrownBy(() -> plan.check(context.availableBytes(), context.device(), model()))
                    .isInstanceOf(TooLittleMemoryException.class)
                    .hasMessageContaining("GPU " + context.device().index());
        }
    }

    private static void load() throws IOException {
        try (GgufFile file = GgufFile.open(model());
                Engine engine = CudaEngine.load(file, NeedsGpu.device(), 512, KvType.F16, percent -> {})) {
            engine.warmUp();
        }
    }

    /** A job that ends after its prompt, within it, at its capacity, greedily or sampled, or without a token. */
    private static void job(Engine engine, Random random, int round) {
        int capacity = 1 + random.nextInt(engine.facts().contextLength());
        int prompt = 1 + random.nextInt(capacity);
        int[] tokens = random.ints(prompt, 0, engine.facts().vocabSize()).toArray();
        float[] logits = new float[engine.facts().vocabSize()];
        try (Sequence sequence = engine.open(capacity)) {
            int steps = Math.min(20, capacity - prompt);
            switch (round % 4) {
                case 0 -> {
                    int token = sequence.prefillGreedy(tokens, 0, prompt);
                    for (int i = 0; i < steps; i++) {
                        token = sequence.decodeGreedy(token);
                    }
                }
                case 1 -> {
                    sequence.prefill(tokens, 0, prompt, logits);
                    for (int i = 0; i < steps; i++) {
                        sequence.decode(i, logits);
                    }
                }
                case 2 -> sequence.prefill(tokens, 0, prompt / 2, new float[0]);
                default -> assertThat(sequence.position()).isZero();
            }
        }
    }

    private static long free() {
        long[] free = new long[1];
        CudaFailure.check(JCudaDriver.cuCtxSynchronize(), "waiting");
        CudaFailure.check(JCudaDriver.cuMemGetInfo(free, new long[1]), "reading how much memory is free");
        return free[0];
    }
}
