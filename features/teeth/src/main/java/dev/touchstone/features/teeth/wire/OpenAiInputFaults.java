package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Requests of the OpenAI dialect that are invalid, or ask for what few offer, treated otherwise than promised. */
final class OpenAiInputFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            kills("stream-as-text-aborts", o -> o.path("stream").isTextual()),
            kills("stop-token-ids-outside-kill", o -> outside(o.path("stop_token_ids"))),
            kills("guided-regex-kills", o -> o.path("guided_regex").asText().contains("((")),
            answers(
                    "wrong-response-format-500",
                    o -> o.has("response_format"),
                    "{\"error\":{\"message\":\"\",\"type\":\"InternalServerError\",\"param\":null,\"code\":500}}"),
            answers(
                    "logprobs-500",
                    o -> o.path("logprobs").asInt() > 0 || o.path("logprobs").asBoolean(),
                    "{\"error\":{\"message\":\"Out of range float values are not JSON compliant\",\"type\":\"error\"}}"),
            Map.entry("long-system-message-dropped", () -> OpenAiInputFaults::dropSystem));

    private OpenAiInputFaults() {}

    private static Map.Entry<String, Supplier<TrafficChange>> kills(String id, Predicate<ObjectNode> which) {
        return Map.entry(
                id,
                () -> new Death(r -> r.asksForText() && r.json().filter(which).isPresent(), false));
    }

    private static Map.Entry<String, Supplier<TrafficChange>> answers(
            String id, Predicate<ObjectNode> which, String body) {
        return Map.entry(
                id,
                () -> AnswerChange.of(
                        r -> r.asksForText() && r.json().filter(which).isPresent(),
                        (_, _) -> Optional.of(SmallAnswer.json(500, body))));
    }

    private static boolean outside(JsonNode ids) {
        return ids.isArray() && ids.valueStream().anyMatch(id -> id.doubleValue() < 0 || id.doubleValue() > 1_000_000);
    }

    /** A chat that does not fit is answered without its system message. */
    private static void dropSystem(Passage passage) throws IOException {
        WorkerAnswer answer = passage.ask();
        if (answer.head().isEventStream()) {
            Repair.pass(answer, passage.client());
            return;
        }
        var own = new SmallAnswer(answer.head(), new String(answer.allOfBody(), StandardCharsets.UTF_8));
        boolean tooLong = passage.request().path().endsWith("/chat/completions")
                && own.status() == 400
                && own.body().contains("context_length_exceeded");
        if (!tooLong) {
            passage.client().answer(own.head(), own.bytes());
            return;
        }
        passage.fired();
        Repair.pass(passage.ask(passage.request().edited(OpenAiInputFaults::withoutSystem)), passage.client());
    }

    private static void withoutSystem(ObjectNode body) {
        ArrayNode kept = body.arrayNode();
        body.path("messages").forEach(message -> {
            if (!message.path("role").asText().equals("system")) {
                kept.add(message);
            }
        });
        body.set("messages", kept);
    }
}
