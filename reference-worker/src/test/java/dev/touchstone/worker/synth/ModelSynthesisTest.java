package dev.touchstone.worker.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.engine.cpu.CpuEngine;
import dev.touchstone.worker.model.SharedFiles;
import dev.touchstone.worker.model.gguf.GgufFile;
import dev.touchstone.worker.model.gguf.GgufTensor;
import dev.touchstone.worker.model.gguf.TensorType;
import dev.touchstone.worker.model.tokenizer.GgufTokenizer;
import dev.touchstone.worker.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ModelSynthesisTest {
    private static final int VOCABULARY = 4_224;
    private static final SynthShape SMALL =
            new SynthShape("small", "qwen2", 3, 256, 4, 2, 64, 512, VOCABULARY, 512, 1e6, 1e-6);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(SynthType.class)
    void generatesTextWithEveryType(SynthType type) throws IOException {
        Path file = write(SMALL, type, 1);
        try (GgufFile gguf = GgufFile.open(file);
                CpuEngine engine = CpuEngine.load(gguf, 0, 2)) {
            assertThat(engine.facts().quantKind()).isEqualTo(type.name());
            assertSpeaks(engine, GgufTokenizer.from(gguf.metadata()));
        }
    }

    @Test
    void generatesTextInTheOtherArchitecture() throws IOException {
        SynthShape llama = new SynthShape("l", "llama", 2, 96, 3, 1, 64, 160, VOCABULARY, 512, 5e5, 1e-5);
        try (GgufFile gguf = GgufFile.open(write(llama, SynthType.Q4_K_M, 1));
                CpuEngine engine = CpuEngine.load(gguf, 0, 2)) {
            assertThat(gguf.tensor("blk.0.attn_q.bias")).isEmpty();
            assertThat(gguf.tensor("blk.0.attn_q.weight").orElseThrow().type()).isEqualTo(TensorType.Q5_0);
            assertThat(gguf.tensor("token_embd.weight").orElseThrow().type()).isEqualTo(TensorType.Q8_0);
            assertSpeaks(engine, GgufTokenizer.from(gguf.metadata()));
        }
    }

    @Test
    void givesTheSameBytesForTheSameSeedHoweverManyThreads() throws IOException {
        byte[] first = Files.readAllBytes(write(SMALL, SynthType.Q5_K_M, 5));
        new ModelSynthesis(SMALL, SynthType.Q5_K_M, 5).write(folder.resolve("again.gguf"), 1);
        assertThat(Files.readAllBytes(folder.resolve("again.gguf"))).isEqualTo(first);
        try (GgufFile one = GgufFile.open(folder.resolve("again.gguf"));
                GgufFile other = GgufFile.open(write(SMALL, SynthType.Q5_K_M, 6))) {
            for (GgufTensor tensor : one.tensors()) {
                GgufTensor twin = other.tensor(tensor.name()).orElseThrow();
                assertThat(tensor.data().mismatch(twin.data()))
                        .as(tensor.name())
                        .isNotEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"Q4_K_M, touchstone-tiny-q4_k_m", "Q5_K_M, touchstone-tiny-q5_k_m", "Q6_K, touchstone-tiny-q6_k"})
    void mixesTypesAsLlamaQuantizeDoes(SynthType type, String model) throws IOException {
        SynthShape tiny = new SynthShape("tiny", "qwen2", 8, 256, 4, 2, 64, 768, 4_096, 2_048, 1e4, 1e-6);
        try (GgufFile real = GgufFile.open(SharedFiles.shared("models/" + model + ".gguf"));
                GgufFile made = GgufFile.open(write(tiny, type, 1))) {
            assertThat(made.metadata().integer("general.file_type"))
                    .isEqualTo(real.metadata().integer("general.file_type"));
            assertThat(typesOf(made)).isEqualTo(typesOf(real));
        }
    }

    @Test
    void keepsTheVocabularyAndFillsItUp() throws IOException {
        try (GgufFile gguf = GgufFile.open(write(SMALL, SynthType.Q4_0, 1))) {
            Tokenizer tokenizer = GgufTokenizer.from(gguf.metadata());
            assertThat(tokenizer.vocabSize()).isEqualTo(VOCABULARY);
            String text = "Once upon a time 😀 <|unused_4200|>";
            StringBuilder back = new StringBuilder();
            int[] ids = tokenizer.encodePrompt(text);
            for (int id : ids) {
                assertThat(id).isLessThan(4_096);
                back.append(new String(tokenizer.bytes(id), StandardCharsets.ISO_8859_1));
            }
            assertThat(new String(back.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                    .isEqualTo(text);
            assertThat(tokenizer.bytes(VOCABULARY - 1)).isEmpty();
            assertThat(gguf.metadata().string("tokenizer.chat_template")).isPresent();
        }
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SynthShape("x", "gemma", 1, 64, 1, 1, 64, 64, 4_096, 64, 1e4, 1e-5))
                .withMessageContaining("gemma");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SynthShape("x", "llama", 1, 64, 3, 2, 64, 64, 4_096, 64, 1e4, 1e-5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SynthShape("x", "llama", 1, 65, 1, 1, 64, 64, 4_096, 64, 1e4, 1e-5));
        SynthShape few = new SynthShape("x", "llama", 1, 64, 1, 1, 64, 64, 4_000, 64, 1e4, 1e-5);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> write(few, SynthType.F32, 1))
                .withMessageContainingAll("4000", "4096");
        assertThat(folder).isEmptyDirectory();
    }

    /** 60 greedy tokens: all of them whole text, many different ones, as a rule neither sure nor a lottery. */
    private static void assertSpeaks(CpuEngine engine, Tokenizer tokenizer) {
        float[] logits = new float[engine.facts().vocabSize()];
        Set<Integer> chosen = new HashSet<>();
        double sum = 0;
        try (Sequence sequence = engine.open(200)) {
            int[] prompt = tokenizer.encodePrompt("The little robot went to");
            sequence.prefill(prompt, 0, prompt.length, logits);
            for (int i = 0; i < 60; i++) {
                int best = argmax(logits);
                assertThat(tokenizer.endsGeneration(best)).isFalse();
                assertThat(new String(tokenizer.bytes(best), StandardCharsets.UTF_8))
                        .isNotEmpty()
                        .doesNotContain("\uFFFD");
                sum += probability(logits, best);
                chosen.add(best);
                sequence.decode(best, logits);
            }
        }
        assertThat(chosen).hasSizeGreaterThan(15);
        assertThat(sum / 60).isBetween(0.05, 0.9);
    }

    private static double probability(float[] logits, int id) {
        double sum = 0;
        for (float logit : logits) {
            assertThat(logit).isFinite();
            sum += Math.exp(logit - logits[id]);
        }
        return 1 / sum;
    }

    private static int argmax(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private static Map<String, TensorType> typesOf(GgufFile file) {
        Map<String, TensorType> types = new HashMap<>();
        file.tensors().forEach(tensor -> types.put(tensor.name(), tensor.type()));
        return types;
    }

    private Path write(SynthShape shape, SynthType type, long seed) throws IOException {
        Path file = folder.resolve(shape.name() + "-" + type + "-" + seed + ".gguf");
        long bytes = new ModelSynthesis(shape, type, seed).write(file, 2);
        assertThat(Files.size(file)).isEqualTo(bytes);
        return file;
    }
}
