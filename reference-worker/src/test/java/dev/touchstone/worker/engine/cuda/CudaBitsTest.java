package dev.touchstone.worker.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.GoldenComparison;
import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.model.SharedFiles;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same tokens give the same bits, however they come: a row's sum knows of nothing but the row. */
@GpuTest
class CudaBitsTest {

    private static final int PROMPT = 400;
    private static final int STEPS = 40;
    private static final float[] NONE = {};

    @ParameterizedTest
    @ValueSource(
            strings = {
                "touchstone-tiny-f16",
                "touchstone-tiny-q4_k_m",
                "touchstone-tiny-q5_1",
                "touchstone-tiny-q6_k",
                "touchstone-tiny-q8_0"
            })
    void splitsOfThePromptChangeNoBit(String model) throws IOException {
        run(model, KvType.F16, engine -> {
            int[] tokens = tokens(engine, 1);
            List<float[]> whole = follow(engine, tokens, new Random(0), PROMPT);
            for (int part : new int[] {1, 7, 16, 17, 64, 65, 128, 129}) {
                assertSame(follow(engine, tokens, new Random(part), part), whole, "parts of up to " + part);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"touchstone-tiny-f16", "touchstone-tiny-q4_0"})
    void aNewEngineGivesTheBitsOfOneWithAHistory(String model) throws IOException {
        List<List<float[]>> cold = new ArrayList<>();
        run(model, KvType.F32, engine -> cold.add(follow(engine, tokens(engine, 2), new Random(0), PROMPT)));
        run(model, KvType.F32, engine -> {
            engine.warmUp();
            for (int seed = 10; seed < 20; seed++) {
                follow(engine, tokens(engine, seed), new Random(seed), 90);
                assertSame(
                        follow(engine, tokens(engine, 2), new Random(0), PROMPT), cold.getFirst(), "history " + seed);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"touchstone-tiny-f16", "touchstone-tiny-q8_0"})
    void sequencesSideBySideDoNotMeet(String model) throws IOException {
        run(model, KvType.F16, engine -> {
            int many = 8;
            List<List<float[]>> alone = new ArrayList<>();
            List<Sequence> open = new ArrayList<>();
            float[] logits = new float[engine.facts().vocabSize()];
            for (int s = 0; s < many; s++) {
                alone.add(follow(engine, tokens(engine, s), new Random(0), PROMPT));
            }
            for (int s = 0; s < many; s++) {
                open.add(engine.open(PROMPT + STEPS));
            }
            for (int at = 0; at < PROMPT; at += 50) {
                for (int s = 0; s < many; s++) {
                    open.get(s).prefill(tokens(engine, s), at, at + 50, at + 50 == PROMPT ? logits : NONE);
                }
            }
            for (int step = 0; step < STEPS; step++) {
                for (int s = 0; s < many; s++) {
                    open.get(s).decode(tokens(engine, s)[PROMPT + step], logits);
                    assertThat(logits)
                            .as("sequence %d, step %d", s, step)
                            .isEqualTo(alone.get(s).get(step + 1));
                }
            }
            open.forEach(Sequence::close);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"touchstone-tiny-f16", "touchstone-tiny-q5_0"})
    void stepsThatRanAheadInVainLeaveNothing(String model) throws IOException {
        run(model, KvType.F16, engine -> {
            int[] tokens = tokens(engine, 3);
            List<float[]> expected = follow(engine, tokens, new Random(0), PROMPT);
            float[] logits = new float[engine.facts().vocabSize()];
            try (Sequence sequence = engine.open(PROMPT + STEPS);
                    Sequence other = engine.open(PROMPT)) {
                int likeliest = sequence.prefillGreedy(tokens, 0, PROMPT);
                assertThat(likeliest).isEqualTo(GoldenComparison.best(expected.getFirst()));
                other.prefill(tokens, 3, 30, NONE);
                for (int step = 0; step < STEPS; step++) {
                    // Now the token that ran ahead, now another, by turns with logits and another sequence's steps.
                    int token = tokens[PROMPT + step];
                    if (step % 3 == 0) {
                        sequence.decode(token, logits);
                        assertThat(logits).as("step %d", step).isEqualTo(expected.get(step + 1));
                    } else {
                        likeliest = sequence.decodeGreedy(token);
                        assertThat(likeliest)
                                .as("step %d", step)
                                .isEqualTo(GoldenComparison.best(expected.get(step + 1)));
                    }
                    if (step % 4 == 1) {
                        other.decodeGreedy(token);
                    }
                }
            }
        });
    }

    private static void run(String model, KvType kvType, Consumer<Engine> test) throws IOException {
        try (GgufFile file = GgufFile.open(SharedFiles.shared("models/" + model + ".gguf"));
                Engine engine = CudaEngine.load(file, NeedsGpu.device(), 0, kvType, percent -> {})) {
            test.accept(engine);
        }
    }

    private static int[] tokens(Engine engine, long seed) {
        return new Random(seed)
                .ints(PROMPT + STEPS, 0, engine.facts().vocabSize())
                .toArray();
    }

    /** The logits after the prompt, taken in by parts of up to so many tokens, and after each of the steps behind it. */
    private static List<float[]> follow(Engine engine, int[] tokens, Random random, int part) {
        List<float[]> all = new ArrayList<>();
        float[] logits = new float[engine.facts().vocabSize()];
        try (Sequence sequence = engine.open(tokens.length)) {
            for (int at = 0; at < PROMPT; ) {
                int to = part == PROMPT ? PROMPT : Math.min(PROMPT, at + 1 + random.nextInt(part));
                sequence.prefill(tokens, at, to, to == PROMPT ? logits : NONE);
                at = to;
            }
            all.add(logits.clone());
            assertThat(logits)
                    .as("logits that say something")
                    .doesNotContain(Float.NaN)
                    .isNotEqualTo(new float[logits.length]);
            for (int at = PROMPT; at < tokens.length; at++) {
                sequence.decode(tokens[at], logits);
                all.add(logits.clone());
            }
        }
        return all;
    }

    private static void assertSame(List<float[]> logits, List<float[]> expected, String what) {
        assertThat(logits).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(logits.get(i))
                    .as("%s, %d steps behind the prompt", what, i)
                    .isEqualTo(expected.get(i));
        }
    }
}
