package dev.touchstone.harness.target;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A valid wish for text, whatever the dialect; what is left out is left to the worker. Immutable.
 *
 * @param jobId a dialect without job ids does not send it
 * @param maxTokens 1 to 2048
 * @param temperature 0 for the likeliest token
 * @param topK 0 is off
 * @param stop up to 4 texts that end the generation; empty for none
 * @param seed an unsigned 64-bit integer; empty lets the worker draw one
 */
public record GenerationRequest(
        String jobId,
        String prompt,
        OptionalInt maxTokens,
        OptionalDouble temperature,
        OptionalDouble topP,
        OptionalInt topK,
        OptionalDouble minP,
        OptionalDouble repetitionPenalty,
        List<String> stop,
        Optional<BigInteger> seed) {
    private static final JsonMapper JSON = new JsonMapper();

    public GenerationRequest {
        stop = List.copyOf(stop);
    }

    /** A request that leaves everything but the prompt to the worker. */
    public static GenerationRequest of(String jobId, String prompt) {
        return new GenerationRequest(
                jobId,
                prompt,
                OptionalInt.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                List.of(),
                Optional.empty());
    }

    /** A request at temperature 0. */
    public static GenerationRequest greedy(String jobId, String prompt, int maxTokens) {
        return of(jobId, prompt).withMaxTokens(maxTokens).withTemperature(0);
    }

    public GenerationRequest withJobId(String id) {
        return new GenerationRequest(
                id, prompt, maxTokens, temperature, topP, topK, minP, repetitionPenalty, stop, seed);
    }

    public GenerationRequest withPrompt(String text) {
        return new GenerationRequest(
                jobId, text, maxTokens, temperature, topP, topK, minP, repetitionPenalty, stop, seed);
    }

    public GenerationRequest withMaxTokens(int tokens) {
        return new GenerationRequest(
                jobId, prompt, OptionalInt.of(tokens), temperature, topP, topK, minP, repetitionPenalty, stop, seed);
    }

    public GenerationRequest withTemperature(double value) {
        return new GenerationRequest(
                jobId, prompt, maxTokens, OptionalDouble.of(value), topP, topK, minP, repetitionPenalty, stop, seed);
    }

    public GenerationRequest withTopP(double value) {
        return new GenerationRequest(
                jobId,
                prompt,
                maxTokens,
                temperature,
                OptionalDouble.of(value),
                topK,
                minP,
                repetitionPenalty,
                stop,
                seed);
    }

    public GenerationRequest withTopK(int value) {
        return new GenerationRequest(
                jobId,
                prompt,
                maxTokens,
                temperature,
                topP,
                OptionalInt.of(value),
                minP,
                repetitionPenalty,
                stop,
                seed);
    }

    public GenerationRequest withRepetitionPenalty(double value) {
        return new GenerationRequest(
                jobId, prompt, maxTokens, temperature, topP, topK, minP, OptionalDouble.of(value), stop, seed);
    }

    public GenerationRequest withStop(List<String> texts) {
        return new GenerationRequest(
                jobId, prompt, maxTokens, temperature, topP, topK, minP, repetitionPenalty, texts, seed);
    }

    public GenerationRequest withSeed(BigInteger value) {
        return new GenerationRequest(
                jobId, prompt, maxTokens, temperature, topP, topK, minP, repetitionPenalty, stop, Optional.of(value));
    }

    /** The body of {@code POST /execute}. */
    public String json() {
        ObjectNode body = JSON.createObjectNode().put("job_id", jobId).put("prompt", prompt);
        maxTokens.ifPresent(value -> body.put("max_tokens", value));
        temperature.ifPresent(value -> body.put("temperature", value));
        topP.ifPresent(value -> body.put("top_p", value));
        topK.ifPresent(value -> body.put("top_k", value));
        minP.ifPresent(value -> body.put("min_p", value));
        repetitionPenalty.ifPresent(value -> body.put("repetition_penalty", value));
        seed.ifPresent(value -> body.put("seed", value));
        if (!stop.isEmpty()) {
            stop.forEach(body.putArray("stop")::add);
        }
        return body.toString();
    }
}
