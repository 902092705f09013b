package dev.touchstone.worker.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.model.SharedFiles;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same tokens give the same bits, however they come. */
class BitEqualityTest {

    private static final int TOKENS = 300;

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
        try (GgufFile file = GgufFile.open(SharedFiles.shared("models/" + model + ".gguf"));
                CpuEngine engine = CpuEngine.load(file, 0, 2)) {
            int[] tokens = tokens(engine, 1);
            // The very first pass runs cold, in the interpreter; the later ones meet compiled code.
            float[] whole = split(engine, tokens, TOKENS);
            assertThat(split(engine, tokens, 1)).isEqualTo(whole);
            for (int seed = 0; seed < 5; seed++) {
                assertThat(randomSplit(engine, tokens, new Random(seed))).isEqualTo(whole);
            }
        }
    }

    @Test
    void neitherThreadsNorHistoryChangeABit() throws IOException {
        try (GgufFile file = GgufFile.open(SharedFiles.shared("models/touchstone-tiny-q4_0.gguf"));
                CpuEngine one = CpuEngine.load(file, 0, 1);
                CpuEngine two = CpuEngine.load(file, 512, 2)) {
            int[] tokens = tokens(one, 2);
            float[] expected = split(one, tokens, TOKENS);
            assertThat(split(two, tokens, TOKENS)).isEqualTo(expected);
            split(two, tokens(one, 3), 7);
            two.warmUp();
            assertThat(split(two, tokens, 50)).isEqualTo(expected);
        }
    }

    @Test
    void sequencesSideBySideDoNotMeet() throws IOException {
        try (GgufFile file = GgufFile.open(SharedFiles.shared("models/touchstone-tiny-q8_0.gguf"));
                CpuEngine engine = CpuEngine.load(file, 0, 2)) {
            int[] tokens = tokens(engine, 4);
            int[] others = tokens(engine, 5);
            float[] expected = split(engine, tokens, TOKENS);
            float[] logits = new float[engine.facts().vocabSize()];
            try (Sequence a = engine.open(TOKENS);
                    Sequence b = engine.open(TOKENS)) {
                for (int i = 0; i < TOKENS; i++) {
                    b.decode(others[i], logits);
                    a.decode(tokens[i], logits);
                }
            }
            assertThat(logits).isEqualTo(expected);
        }
    }

    private static int[] tokens(CpuEngine engine, long seed) {
        return new Random(seed).ints(TOKENS, 0, engine.facts().vocabSize()).toArray();
    }

    private static float[] split(CpuEngine engine, int[] tokens, int part) {
        float[] logits = new float[engine.facts().vocabSize()];
        try (Sequence sequence = engine.open(tokens.length)) {
            for (int at = 0; at < tokens.length; at += part) {
                if (part == 1) {
                    sequence.decode(tokens[at], logits);
                } else {
                    sequence.prefill(tokens, at, Math.min(at + part, tokens.length), logits);
                }
            }
        }
        return logits;
    }

    private static float[] randomSplit(CpuEngine engine, int[] tokens, Random random) {
        float[] logits = new float[engine.facts().vocabSize()];
        try (Sequence sequence = engine.open(tokens.length)) {
            int at = 0;
            while (at < tokens.length) {
                int to = Math.min(tokens.length, at + 1 + random.nextInt(40));
                sequence.prefill(tokens, at, to, to == tokens.length ? logits : new float[0]);
                at = to;
            }
        }
        return logits;
    }
}
