package dev.touchstone.harness.target;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.client.Call;
import java.math.BigInteger;
import java.util.Optional;

/**
 * A valid body of {@code POST /execute}.
 *
 * @param temperature 0 for the likeliest token
 * @param seed an unsigned 64-bit integer; empty lets the worker draw one
 */
public record GenerationRequest(
        String jobId, String prompt, int maxTokens, double temperature, Optional<BigInteger> seed) {
    private static final JsonMapper JSON = new JsonMapper();

    /** A request at temperature 0. */
    public static GenerationRequest greedy(String jobId, String prompt, int maxTokens) {
        return new GenerationRequest(jobId, prompt, maxTokens, 0, Optional.empty());
    }

    public String json() {
        ObjectNode body = JSON.createObjectNode()
                .put("job_id", jobId)
                .put("prompt", prompt)
                .put("max_tokens", maxTokens)
                .put("temperature", temperature);
        seed.ifPresent(value -> body.put("seed", value));
        return body.toString();
    }

    public Call call(String label) {
        return Call.postJson(label, "/execute", json());
    }
}
