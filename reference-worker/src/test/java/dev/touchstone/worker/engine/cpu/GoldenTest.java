package dev.touchstone.worker.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with what llama.cpp computes from the same weights expanded to F32 ({@code shared/golden}). */
class GoldenTest {

    /** In natural-log probability: float32 sums in another order. */
    private static final double BOUND = 1e-3;

    private int steps;
    private int probabilities;
    private int ties;
    private int unreported;
    private double worst;
    private final List<String> wrong = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "smollm2-135m-instruct-q4_1",
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
    void agreesWithLlamaCpp(String model) throws IOException {
        Path golden = SharedFiles.find("golden/" + model + "/greedy.jsonl");
        List<String> prompts = Files.readAllLines(golden);
        long start = System.nanoTime();
        try (GgufFile file = GgufFile.open(SharedFiles.find("models/" + model + ".gguf"));
                CpuEngine engine = CpuEngine.load(file, 0, 0)) {
            List<String> vocabulary =
                    file.metadata().strings("tokenizer.ggml.tokens").orElseThrow();
            for (String prompt : prompts) {
                follow(engine, vocabulary, new ObjectMapper().readTree(prompt));
            }
        }
        System.out.printf(
                "golden %s: %d prompts, %d steps, %d log-probabilities, worst difference %.2e, %d near ties, %d tokens inside characters, %.1f s%n",
                model,
                prompts.size(),
                steps,
                probabilities,
                worst,
                ties,
                unreported,
                (System.nanoTime() - start) / 1e9);
        assertThat(wrong).isEmpty();
        assertThat(worst).isLessThan(BOUND);
        assertThat(steps).isGreaterThanOrEqualTo(180);
    }

    /**
     * Feeds the golden ids, so that every step is compared on the same tokens. The recording server reported no step for
     * a token that left a character incomplete; such tokens are fed as they come.
     */
    private void follow(CpuEngine engine, List<String> vocabulary, JsonNode golden) {
        JsonNode ids = golden.get("prompt_ids");
        int[] prompt = new int[ids.size()];
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = ids.get(i).asInt();
        }
        JsonNode expected = golden.get("steps");
        float[] logits = new float[engine.facts().vocabSize()];
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (Sequence sequence = engine.open(prompt.length + 4 * expected.size())) {
            sequence.prefill(prompt, 0, prompt.length, logits);
            for (int s = 0; s < expected.size(); s++) {
                append(text, vocabulary.get(best(logits)));
                if (endsInsideCharacter(text.toByteArray())) {
                    unreported++;
                    s--;
                    sequence.decode(best(logits), logits);
                } else {
                    compare(logits, expected.get(s), golden.get("prompt") + " step " + s);
                    sequence.decode(expected.get(s).get("id").asInt(), logits);
                }
            }
        }
    }

    private static int best(float[] logits) {
        int best = 0;
        for (int i = 0; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    /** A byte-level vocabulary writes each byte as a character: printable ones as themselves, others from U+0100 on. */
    private static void append(ByteArrayOutputStream text, String token) {
        for (char c : token.toCharArray()) {
            // Of the bytes from 0x80 up, those written from U+0100 on are 0x7F to 0xA0, from U+0121 on, and 0xAD.
            text.write(c < 0x100 ? c : c == 0x143 ? 0xAD : c >= 0x121 ? c - 0x121 + 0x7F : c - 0x100);
        }
    }

    private static boolean endsInsideCharacter(byte[] text) {
        for (int back = 1; back <= Math.min(3, text.length); back++) {
            int b = text[text.length - back] & 0xFF;
            if (b >= 0xC0) {
                int wanted = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
                return back < wanted;
            }
            if (b < 0x80) {
                return false;
            }
        }
        return false;
    }

    private void compare(float[] logits, JsonNode expected, String where) {
        steps++;
        int best = best(logits);
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - logits[best]);
        }
        double normalizer = logits[best] + Math.log(sum);
        JsonNode top = expected.get("top");
        for (JsonNode pair : top) {
            double difference = Math.abs(
                    logits[pair.get(0).asInt()] - normalizer - pair.get(1).asDouble());
            worst = Math.max(worst, difference);
            probabilities++;
        }
        double gap = top.get(0).get(1).asDouble() - top.get(1).get(1).asDouble();
        if (gap <= BOUND) {
            ties++;
        } else if (best != expected.get("id").asInt()) {
            wrong.add("%s: %d instead of %s, gap %.4f".formatted(where, best, expected.get("id"), gap));
        }
    }
}
