package dev.touchstone.features.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.harness.target.Capabilities;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of the target before the first scenario.
 *
 * @param url base URL without a trailing slash
 * @param model as {@code /health} names it
 * @param resident whether {@code /health} claims that the model is in VRAM
 * @param openai whether {@code GET /v1/models} answers 200
 * @param launched whether this kit started the worker
 * @param health the answer of {@code /health}
 */
record TargetFacts(String url, String model, boolean resident, boolean openai, boolean launched, JsonNode health) {

    /** The same facts for scenarios; what health does not name is empty. */
    Capabilities capabilities() {
        return new Capabilities(
                text("model"),
                whole("context_length"),
                whole("vocab_size"),
                Optional.of(health.path("resident")).filter(JsonNode::isBoolean).map(JsonNode::booleanValue),
                text("quant_kind"),
                health.toString());
    }

    private Optional<String> text(String name) {
        return Optional.of(health.path(name)).filter(JsonNode::isTextual).map(JsonNode::textValue);
    }

    private OptionalLong whole(String name) {
        JsonNode node = health.path(name);
        return node.isIntegralNumber() ? OptionalLong.of(node.longValue()) : OptionalLong.empty();
    }
}
