package dev.touchstone.harness.target;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a worker's {@code /health} says of it; a member it does not name, or names with another type, is empty.
 *
 * @param healthJson the body as it came
 */
public record Capabilities(
        Optional<String> model,
        OptionalLong contextLength,
        OptionalLong vocabSize,
        Optional<Boolean> resident,
        Optional<String> quantKind,
        String healthJson) {

    /**
     * Reads what the body of {@code /health} says.
     *
     * @param text the body as it came
     */
    public static Capabilities of(JsonNode health, String text) {
        return new Capabilities(
                string(health, "model"),
                integer(health, "context_length"),
                integer(health, "vocab_size"),
                Optional.of(health.path("resident")).filter(JsonNode::isBoolean).map(JsonNode::booleanValue),
                string(health, "quant_kind"),
                text);
    }

    /** The same, with what is told elsewhere where health does not tell it. */
    public Capabilities or(Optional<String> otherModel, OptionalLong otherContext) {
        return new Capabilities(
                model.or(() -> otherModel),
                contextLength.isPresent() ? contextLength : otherContext,
                vocabSize,
                resident,
                quantKind,
                healthJson);
    }

    /** The same with a context length that is known better. */
    public Capabilities withContextLength(long tokens) {
        return new Capabilities(model, OptionalLong.of(tokens), vocabSize, resident, quantKind, healthJson);
    }

    private static Optional<String> string(JsonNode health, String name) {
        return Optional.of(health.path(name)).filter(JsonNode::isTextual).map(JsonNode::textValue);
    }

    private static OptionalLong integer(JsonNode health, String name) {
        JsonNode node = health.path(name);
        return node.isIntegralNumber() && node.canConvertToLong()
                ? OptionalLong.of(node.longValue())
                : OptionalLong.empty();
    }
}
