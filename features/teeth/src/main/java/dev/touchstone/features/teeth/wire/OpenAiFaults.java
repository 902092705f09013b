package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** OpenAI-compatible routes that stream, refuse or template otherwise than promised. */
final class OpenAiFaults {

    private static final String MARKER = "<|im_end|>";

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("done-missing", () -> chunks(frame -> frame.data().equals("[DONE]"), frame -> List.of())),
            Map.entry("finish-reason-twice", () -> chunks(OpenAiFaults::isFinish, frame -> List.of(frame, frame))),
            Map.entry("chunk-ids-differ", OpenAiFaults::newIds),
            Map.entry(
                    "error-status-500",
                    () -> refusals((request, answer) -> answer.withStatus(500, "Internal Server Error"))),
            Map.entry("errors-in-native-form", () -> refusals(OpenAiFaults::nativeForm)),
            Map.entry("context-error-without-code", () -> refusals(OpenAiFaults::withoutCode)),
            Map.entry("unknown-model-400", () -> refusals(OpenAiFaults::unknownModel400)),
            Map.entry("raw-prompt-templated", () -> RequestChange.of(OpenAiFaults::templated)),
            Map.entry("system-message-dropped", () -> RequestChange.of(OpenAiFaults::withoutSystem)),
            Map.entry("every-turn-is-the-users", () -> RequestChange.of(OpenAiFaults::allUser)),
            Map.entry("chat-stop-ignored", () -> RequestChange.of(OpenAiFaults::withoutStop)),
            Map.entry("chat-ends-with-marker", () -> chunks(OpenAiFaults::isFinish, OpenAiFaults::withMarker)),
            Map.entry("model-list-empty", () -> models(list -> list.putArray("data"))),
            Map.entry("model-list-of-another-name", () -> models(OpenAiFaults::renamed)),
            Map.entry("n-ignored", () -> RequestChange.without("n")),
            Map.entry("logprobs-ignored", () -> RequestChange.without("logprobs")),
            Map.entry("response-format-ignored", () -> RequestChange.without("response_format")),
            Map.entry("tools-ignored", () -> RequestChange.without("tools", "tool_choice")));

    private OpenAiFaults() {}

    private interface Frames {
        boolean is(Frame frame);
    }

    private interface Instead {
        List<Frame> of(Frame frame);
    }

    private static TrafficChange chunks(Frames which, Instead instead) {
        return FrameChange.of(OpenAiTraffic::asks, () -> (frame, fired) -> {
            if (!which.is(frame)) {
                return List.of(frame);
            }
            fired.run();
            return instead.of(frame);
        });
    }

    private static TrafficChange newIds() {
        var drawn = new AtomicInteger();
        return chunks(
                frame -> frame.json().isPresent(),
                frame -> List.of(frame.edited(chunk -> {
                    chunk.put("id", "chatcmpl-" + drawn.incrementAndGet());
                    if (chunk.at("/choices/0/delta") instanceof ObjectNode delta) {
                        delta.remove("role");
                    }
                })));
    }

    private static boolean isFinish(Frame frame) {
        return frame.json()
                .flatMap(OpenAiTraffic::choice)
                .filter(choice -> choice.path("finish_reason").isTextual())
                .isPresent();
    }

    private static List<Frame> withMarker(Frame frame) {
        return List.of(frame.edited(chunk -> OpenAiTraffic.choice(chunk)
                .filter(choice -> choice.path("delta") instanceof ObjectNode)
                .ifPresent(choice -> ((ObjectNode) choice.path("delta")).put("content", MARKER))));
    }

    private static TrafficChange refusals(BodyChange.Edit edit) {
        return BodyChange.refusals(OpenAiTraffic::asks, edit);
    }

    private static BodyChange.Whole nativeForm(ClientRequest request, BodyChange.Whole answer) {
        ObjectNode error = Json.object();
        error.put("code", "INVALID_REQUEST")
                .put("message", answer.at("/error/message").asText());
        return answer.withBody(error.put("retriable", false).toString());
    }

    private static BodyChange.Whole withoutCode(ClientRequest request, BodyChange.Whole answer) {
        return answer.at("/error/code").asText().equals("context_length_exceeded")
                ? answer.edited(body -> ((ObjectNode) body.path("error")).putNull("code"))
                : answer;
    }

    private static BodyChange.Whole unknownModel400(ClientRequest request, BodyChange.Whole answer) {
        return answer.head().status() == 404 ? answer.withStatus(400, "Bad Request") : answer;
    }

    private static ClientRequest templated(ClientRequest request) {
        return request.is("POST", OpenAiTraffic.COMPLETIONS)
                        && request.json()
                                .filter(json -> json.path("prompt").isTextual())
                                .isPresent()
                ? request.edited(json ->
                        json.put("prompt", "User: " + json.path("prompt").asText() + "\nAssistant:"))
                : request;
    }

    private static ClientRequest withoutSystem(ClientRequest request) {
        return hasRole(request, "system")
                ? request.edited(json -> {
                    ArrayNode kept = json.arrayNode();
                    json.path("messages").forEach(m -> {
                        if (!m.path("role").asText().equals("system")) {
                            kept.add(m);
                        }
                    });
                    json.set("messages", kept);
                })
                : request;
    }

    private static ClientRequest allUser(ClientRequest request) {
        return hasRole(request, "assistant")
                ? request.edited(json -> json.path("messages").forEach(m -> ((ObjectNode) m).put("role", "user")))
                : request;
    }

    private static boolean hasRole(ClientRequest request, String role) {
        return request.is("POST", OpenAiTraffic.CHAT)
                && request.json().stream()
                        .flatMap(json -> json.path("messages").valueStream())
                        .anyMatch(m -> m instanceof ObjectNode
                                && m.path("role").asText().equals(role));
    }

    private static ClientRequest withoutStop(ClientRequest request) {
        return request.is("POST", OpenAiTraffic.CHAT)
                        && request.json().filter(json -> json.has("stop")).isPresent()
                ? request.edited(json -> json.remove("stop"))
                : request;
    }

    private static TrafficChange models(Consumer<ObjectNode> edit) {
        return BodyChange.of(request -> request.is("GET", "/v1/models"), (request, answer) -> answer.edited(edit));
    }

    private static void renamed(ObjectNode list) {
        for (JsonNode model : list.path("data")) {
            ((ObjectNode) model).put("id", "gpt-3.5-turbo");
        }
    }
}
