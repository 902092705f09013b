package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.STARTED;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.transcript.BodyEnd;
import java.util.List;
import java.util.Map;

/** Generations by their request and tokens, as tests write them out. */
final class Prompted {
    private static final JsonMapper JSON = new JsonMapper();

    private final ObjectNode request;
    private int tokensIn = 3;
    private String reason = "max_tokens";

    private Prompted(ObjectNode request) {
        this.request = request;
    }

    /** A request at temperature 0. */
    static Prompted by(String prompt) {
        return new Prompted(
                JSON.createObjectNode().put("job_id", "j").put("prompt", prompt).put("temperature", 0));
    }

    Prompted limit(int maxTokens) {
        request.put("max_tokens", maxTokens);
        return this;
    }

    Prompted seed(long seed) {
        request.put("temperature", 1).put("seed", seed);
        return this;
    }

    Prompted topK(int k) {
        request.put("temperature", 1).put("top_k", k);
        return this;
    }

    Prompted stop(String... stops) {
        List.of(stops).forEach(request.withArray("stop")::add);
        return this;
    }

    Prompted penalty(double value) {
        request.put("repetition_penalty", value);
        return this;
    }

    Prompted counted(int tokens) {
        tokensIn = tokens;
        return this;
    }

    Prompted ending(String stopReason) {
        reason = stopReason;
        return this;
    }

    /** The answer, a token event for each piece. */
    Generation gives(String... pieces) {
        return gives(request.path("seed").asText("42"), pieces);
    }

    Generation givesWithSeed(String reported, String... pieces) {
        return gives(reported, pieces);
    }

    private Generation gives(String seed, String... pieces) {
        var body = new StringBuilder(STARTED.replace("42", seed));
        for (int i = 0; i < pieces.length; i++) {
            body.append("event: token\ndata: ")
                    .append(JSON.createObjectNode().put("t", pieces[i]).put("i", i))
                    .append("\n\n");
        }
        body.append(
                "event: end\ndata: {\"tokens_out\":%d,\"tokens_in\":%d,\"decode_time_ms\":0.5,\"stop_reason\":\"%s\"}\n\n"
                        .formatted(pieces.length, tokensIn, reason));
        return Literal.generation(request.toString(), body.toString());
    }

    /** An error event after these pieces. */
    Generation failsAfter(String... pieces) {
        var body = new StringBuilder(STARTED);
        for (int i = 0; i < pieces.length; i++) {
            body.append(Literal.token(pieces[i], i));
        }
        return Literal.generation(
                request.toString(),
                body
                        + "event: error\ndata: {\"code\":\"INTERNAL\",\"message\":\"It failed.\",\"retriable\":false}\n\n");
    }

    /** An answer other than a stream. */
    Generation answered(int status, String body) {
        return Generation.of(Literal.exchange(
                status,
                Map.of("Content-Type", "application/json"),
                request.toString(),
                body,
                new BodyEnd.Complete(1_000_000)));
    }

    /** A clean refusal. */
    Generation refused() {
        return answered(400, "{\"code\":\"INVALID_REQUEST\",\"message\":\"No.\",\"retriable\":false}");
    }
}
