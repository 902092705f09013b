package dev.touchstone.features.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.harness.client.OpenAiWire;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.Target;

/**
 * What is known of the target before the first scenario.
 *
 * @param target with its dialect and routes
 * @param capabilities what it says of itself; what it does not say is empty
 * @param launched whether this kit started the worker
 * @param health the answer of its health route, an empty object where that is none or no JSON
 */
record TargetFacts(Target target, Capabilities capabilities, boolean launched, JsonNode health) {

    /** Base URL without a trailing slash. */
    String url() {
        return target.baseUrl().toString();
    }

    /** The model's name, as health tells it or as requests ask for it. */
    String model() {
        return capabilities
                .model()
                .or(() -> target.openAi().map(OpenAiWire::model))
                .orElse("unknown");
    }

    /** Whether health claims that the model is in VRAM. */
    boolean resident() {
        return capabilities.resident().orElse(false);
    }

    /** Whether it has OpenAI-compatible routes. */
    boolean openai() {
        return target.openAi().isPresent();
    }
}
