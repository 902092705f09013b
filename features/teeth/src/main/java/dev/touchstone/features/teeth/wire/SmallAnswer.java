package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** An answer that is no stream, as a whole. Immutable. */
record SmallAnswer(AnswerHead head, String body) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<Integer, String> REASONS = Map.of(
            200, "OK",
            400, "Bad Request",
            404, "Not Found",
            413, "Request Entity Too Large",
            422, "Unprocessable Entity",
            500, "Internal Server Error",
            503, "Service Unavailable");

    static SmallAnswer json(int status, String body) {
        return of(status, "application/json", body);
    }

    static SmallAnswer of(int status, String type, String body) {
        return new SmallAnswer(
                new AnswerHead(status, reason(status), List.of(new HeaderLine("Content-Type", type))), body);
    }

    static String reason(int status) {
        return REASONS.getOrDefault(status, "Status");
    }

    int status() {
        return head.status();
    }

    SmallAnswer withStatus(int status) {
        return new SmallAnswer(head.withStatus(status, reason(status)), body);
    }

    SmallAnswer withBody(String other) {
        return new SmallAnswer(head, other);
    }

    /** The body where it is one JSON object. */
    Optional<ObjectNode> json() {
        try {
            JsonNode node = JSON.readTree(body);
            return node instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** The same with its JSON changed; the same where its body is no JSON object. */
    SmallAnswer edited(Consumer<ObjectNode> edit) {
        return json().map(object -> {
                    edit.accept(object);
                    return withBody(object.toString());
                })
                .orElse(this);
    }

    /** Whether it is an error with this code of the native dialect. */
    boolean hasCode(String code) {
        return status() >= 400
                && json().filter(o -> o.path("code").asText().equals(code)).isPresent();
    }

    /** A member of the error's JSON as text, empty where it is not there. */
    String text(String name) {
        return json().map(o -> o.path(name).asText()).orElse("");
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
