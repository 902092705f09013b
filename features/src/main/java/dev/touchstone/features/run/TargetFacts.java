package dev.touchstone.features.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.harness.target.Capabilities;

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
        return Capabilities.of(health, health.toString());
    }
}
