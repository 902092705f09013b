package dev.touchstone.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.worker.model.SharedFiles;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Compares an engine with what llama.cpp computes from the same weights expanded to F32 ({@code shared/golden}). */
public final class GoldenComparison {

    /** In natural-log probability: float32 sums in another order. */
    public static final double BOUND = 1e-3;

    private final Engine engine;
    private final List<String> vocabulary;
    private final double bound;
    private int steps;
    private int probabilities;
    private int ties;
    private int unreported;
    private double worst;
    private final List<String> wrong = new ArrayList<>();

    private GoldenComparison(Engine engine, List<String> vocabulary, double bound) {
        this.engine = engine;
        this.vocabulary = vocabulary;
        this.bound = bound;
    }

    /** Names of the models that golden data is there for. */
    public static Stream<String> models() {
        return Stream.of(
                "smollm2-135m-instruct-q4_1",
                "touchstone-tiny-f16",
                "touchstone-tiny-q4_0",
                "touchstone-tiny-q4_1",
                "touchstone-tiny-q4_k_m",
                "touchstone-tiny-q5_0",
                "touchstone-tiny-q5_1",
                "touchstone-tiny-q5_k_m",
                "touchstone-tiny-q6_k",
                "touchstone-tiny-q8_0");
    }

    /** Loads an engine for a model. */
    public interface Loading {
        Engine load(GgufFile file) throws IOException;
    }

    /** Runs all golden prompts of a model, asserts that they agree within the bound, and prints one line. */
    public static void check(String model, double bound, Loading loading) throws IOException {
        List<String> prompts = Files.readAllLines(SharedFiles.shared("golden/" + model + "/greedy.jsonl"));
        long start = System.nanoTime();
        try (GgufFile file = GgufFile.open(SharedFiles.shared("models/" + model + ".gguf"));
                Engine engine = loading.load(file)) {
            GoldenComparison comparison = new GoldenComparison(
                    engine, file.metadata().strings("tokenizer.ggml.tokens").orElseThrow(), bound);
            for (String prompt : prompts) {
                comparison.follow(new ObjectMapper().readTree(prompt));
            }
            comparison.conclude(model, prompts.size(), (System.nanoTime() - start) / 1e9);
        }
    }

    private void conclude(String model, int prompts, double seconds) {
        System.out.printf(
                "golden %s on %s: %d prompts, %d steps, %d log-probabilities, worst difference %.2e, %d near ties, %d tokens inside characters, %.1f s%n",
                model, engine.facts().engine(), prompts, steps, probabilities, worst, ties, unreported, seconds);
        assertThat(wrong).isEmpty();
        assertThat(worst).isLessThan(bound);
        assertThat(steps).isGreaterThanOrEqualTo(180);
    }

    /**
     * Feeds the golden ids, so that every step is compared on the same tokens. The recording server reported no step for
     * a token that left a character incomplete; such tokens are fed as they come.
     */
    private void follow(JsonNode golden) {
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

    /** The likeliest token, of ties the lowest. */
    public static int best(float[] logits) {
        int best = 0;
        for (int i = 0; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    /** What is subtracted from logits to make log-probabilities of them. */
    public static double normalizer(float[] logits) {
        float most = logits[best(logits)];
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - most);
        }
        return most + Math.log(sum);
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
        double normalizer = normalizer(logits);
        JsonNode top = expected.get("top");
        for (JsonNode pair : top) {
            double difference = Math.abs(
                    logits[pair.get(0).asInt()] - normalizer - pair.get(1).asDouble());
            // NaN must not pass for agreement.
            worst = difference <= worst ? worst : difference;
            probabilities++;
        }
        double gap = top.get(0).get(1).asDouble() - top.get(1).get(1).asDouble();
        if (gap <= bound) {
            ties++;
        } else if (best != expected.get("id").asInt()) {
            wrong.add("%s: %d instead of %s, gap %.4f".formatted(where, best, expected.get("id"), gap));
        }
    }
}
