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
import dev.touchstone.worker.synth.ModelSynthesis;
import dev.touchstone.worker.synth.SynthShape;
import dev.touchstone.worker.synth.SynthType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The GPU and the CPU engine compute the same from the same weights. */
@GpuTest
class CudaCrossEngineTest {

    private static final int PROMPT = 150;
    private static final int STEPS = 64;

    /** Long enough for attention to put several chunks of positions together. */
    private static final int SHORT_PROMPT = 130;

    private static final int FEW_STEPS = 8;
    private static final int SHORT_CONTEXT = 256;

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
        compareEngines(SharedFiles.shared("models/" + model + ".gguf"), 0, PROMPT, STEPS);
    }

    /** Whole shapes, with heads of 64 and 128 and every type side by side with those that a file of it has beside. */
    @ParameterizedTest
    @CsvSource({
        "qwen2.5-0.5b, F16",
        "qwen2.5-0.5b, BF16",
        "qwen2.5-0.5b, Q8_0",
        "qwen2.5-0.5b, Q4_0",
        "qwen2.5-0.5b, Q4_1",
        "qwen2.5-0.5b, Q5_0",
        "qwen2.5-0.5b, Q5_1",
        "qwen2.5-0.5b, Q4_K_M",
        "qwen2.5-0.5b, Q5_K_M",
        "qwen2.5-0.5b, Q6_K",
        "qwen2.5-1.5b, Q8_0",
        "qwen2.5-1.5b, Q4_K_M",
        "llama-3.2-1b, Q4_0"
    })
    void agreesOnRandomWeightsOfWholeShapes(String shape, String type, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("random.gguf");
        new ModelSynthesis(
                        SynthShape.named(shape).orElseThrow(),
                        SynthType.named(type).orElseThrow(),
                        1)
                .write(file, Runtime.getRuntime().availableProcessors());
        compareEngines(file, SHORT_CONTEXT, SHORT_PROMPT, FEW_STEPS);
    }

    private static void compareEngines(Path model, int context, int length, int steps) throws IOException {
        try (GgufFile file = GgufFile.open(model);
                Engine cpu = CpuEngine.load(file, context, 0);
                Engine gpu = CudaEngine.load(file, NeedsGpu.device(), context, KvType.F32, percent -> {})) {
            int vocabulary = cpu.facts().vocabSize();
            int[] prompt = new Random(7).ints(length, 0, vocabulary).toArray();
            float[] expected = new float[vocabulary];
            float[] logits = new float[vocabulary];
            Sampler sampler = sampler();
            Sampler other = sampler();
            int sampledOtherwise = 0;
            try (Sequence on = cpu.open(length + steps);
                    Sequence against = gpu.open(length + steps);
                    Sequence greedy = gpu.open(length + steps)) {
                on.prefill(prompt, 0, length, expected);
                against.prefill(prompt, 0, length, logits);
                int chosen = greedy.prefillGreedy(prompt, 0, length);
                for (int step = 0; step < steps; step++) {
                    compare(expected, logits, "step " + step);
                    int best = GoldenComparison.best(logits);
                    assertThat(chosen)
                            .as("the device's choice at step %d", step)
                            .isEqualTo(best);
                    sampledOtherwise += sampler.choose(expected.clone(), length + step)
                                    == other.choose(logits.clone(), length + step)
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
