package dev.touchstone.worker.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.GoldenComparison;
import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.engine.cpu.CpuEngine;
import dev.touchstone.worker.generate.ChainSampler;
import dev.touchstone.worker.generate.Sampler;
import dev.touchstone.worker.generate.SamplingOptions;
import dev.touchstone.worker.model.SharedFiles;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The GPU and the CPU engine compute the same from the same weights. */
@GpuTest
class CudaCrossEngineTest {

    private static final int PROMPT = 150;
    private static final int STEPS = 64;

    /** In natural-log probability. */
    private static final double BOUND = 2e-3;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "touchstone-tiny-f16",
                "touchstone-tiny-q4_0",
                "touchstone-tiny-q4_1",
                "touchstone-tiny-q4_k_m",
                "touchstone-tiny-q5_0",
                "touchstone-tiny-q5_1",
                "touchstone-tiny-q5_k_m",
                "touchstone-tiny-q6_k",
                "touchstone-tiny-q8_0"
            })
    void agreesWithTheCpuEngine(String model) throws IOException {
        try (GgufFile file = GgufFile.open(SharedFiles.shared("models/" + model + ".gguf"));
                Engine cpu = CpuEngine.load(file, 0, 0);
                Engine gpu = CudaEngine.load(file, NeedsGpu.device(), 0, KvType.F32, percent -> {})) {
            int vocabulary = cpu.facts().vocabSize();
            int[] prompt = new Random(7).ints(PROMPT, 0, vocabulary).toArray();
            float[] expected = new float[vocabulary];
            float[] logits = new float[vocabulary];
            Sampler sampler = sampler();
            Sampler other = sampler();
            int sampledOtherwise = 0;
            try (Sequence on = cpu.open(PROMPT + STEPS);
                    Sequence against = gpu.open(PROMPT + STEPS);
                    Sequence greedy = gpu.open(PROMPT + STEPS)) {
                on.prefill(prompt, 0, PROMPT, expected);
                against.prefill(prompt, 0, PROMPT, logits);
                int chosen = greedy.prefillGreedy(prompt, 0, PROMPT);
                for (int step = 0; step < STEPS; step++) {
                    compare(expected, logits, "step " + step);
                    int best = GoldenComparison.best(logits);
                    assertThat(chosen)
                            .as("the device's choice at step %d", step)
                            .isEqualTo(best);
                    sampledOtherwise += sampler.choose(expected.clone(), PROMPT + step)
                                    == other.choose(logits.clone(), PROMPT + step)
                            ? 0
                            : 1;
                    on.decode(best, expected);
                    against.decode(best, logits);
                    chosen = greedy.decodeGreedy(best);
                }
            }
            // A draw may fall into the sliver by which two probabilities differ.
            assertThat(sampledOtherwise).isLessThanOrEqualTo(2);
        }
    }

    private static Sampler sampler() {
        return new ChainSampler(new SamplingOptions(0.8, 0.95, 40, 0, 1, 4711));
    }

    private static void compare(float[] expected, float[] logits, String where) {
        double normalizer = GoldenComparison.normalizer(logits);
        double wanted = GoldenComparison.normalizer(expected);
        float[] sorted = expected.clone();
        java.util.Arrays.sort(sorted);
        int best = GoldenComparison.best(expected);
        for (int id = 0; id < logits.length; id++) {
            // What is unlikely is not seen by anyone, and its logit's error is as large as any.
            if (expected[id] > expected[best] - 12) {
                assertThat(logits[id] - normalizer)
                        .as("log-probability of %d at %s", id, where)
                        .isCloseTo(expected[id] - wanted, org.assertj.core.data.Offset.offset(BOUND));
            }
        }
        if (sorted[sorted.length - 1] - sorted[sorted.length - 2] > BOUND) {
            assertThat(GoldenComparison.best(logits))
                    .as("likeliest at %s", where)
                    .isEqualTo(best);
        }
    }
}
