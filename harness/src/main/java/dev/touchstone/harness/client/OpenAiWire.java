package dev.touchstone.harness.client;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.target.Dialect;
import dev.touchstone.harness.target.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The OpenAI dialect, as OpenAI's public API reference describes its completions.
 *
 * @param model the name that requests ask for
 * @param route completions where the target has them, since they take a raw prompt; else chat
 * @param usage whether the usage is asked for at the end of a stream, by {@code stream_options.include_usage}
 */
public record OpenAiWire(String model, Route route, boolean usage) implements Wire {
    private static final JsonMapper JSON = new JsonMapper();
    /** Seeds of this dialect are signed. */
    private static final int SEED_BITS = 63;

    /** The two routes that give text. */
    public enum Route {
        COMPLETIONS("/v1/completions"),
        CHAT("/v1/chat/completions");

        private final String path;

        Route(String path) {
            this.path = path;
        }

        public String path() {
            return path;
        }
    }

    /** The same target by another route. */
    public OpenAiWire by(Route other) {
        return new OpenAiWire(model, other, usage);
    }

    @Override
    public Dialect dialect() {
        return Dialect.OPENAI;
    }

    @Override
    public Call call(String label, GenerationRequest request) {
        return Call.postJson(label, path(), body(request, true).toString());
    }

    /** The same request, answered by one JSON object instead of a stream. */
    public Call whole(String label, GenerationRequest request) {
        return Call.postJson(label, path(), body(request, false).toString());
    }

    /** The members of the body, for scenarios that change one of them. */
    public ObjectNode body(GenerationRequest request, boolean stream) {
        ObjectNode body = JSON.createObjectNode().put("model", model);
        if (route == Route.CHAT) {
            body.putArray("messages").addObject().put("role", "user").put("content", request.prompt());
        } else {
            body.put("prompt", request.prompt());
        }
        request.maxTokens().ifPresent(value -> body.put("max_tokens", value));
        request.temperature().ifPresent(value -> body.put("temperature", value));
        request.topP().ifPresent(value -> body.put("top_p", value));
        request.seed().ifPresent(value -> body.put("seed", value));
        if (!request.stop().isEmpty()) {
            request.stop().forEach(body.putArray("stop")::add);
        }
        if (stream) {
            body.put("stream", true);
            if (usage) {
                body.putObject("stream_options").put("include_usage", true);
            }
        }
        return body;
    }

    @Override
    public Optional<String> inexpressible(GenerationRequest request) {
        List<String> words = new ArrayList<>();
        request.topK().ifPresent(_ -> words.add("top_k"));
        request.minP().ifPresent(_ -> words.add("min_p"));
        request.repetitionPenalty().ifPresent(_ -> words.add("repetition_penalty"));
        request.seed().filter(s -> s.bitLength() > SEED_BITS).ifPresent(_ -> words.add("a seed of 64 bits"));
        return words.isEmpty()
                ? Optional.empty()
                : Optional.of("the OpenAI dialect has no " + String.join(" and no ", words));
    }

    @Override
    public String path() {
        return route.path();
    }
}
