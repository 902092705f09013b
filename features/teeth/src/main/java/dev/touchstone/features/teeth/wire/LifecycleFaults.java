package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Starts, stops and claims of residency otherwise than promised, as far as a proxy can show them. */
final class LifecycleFaults {

    static final Map<String, Supplier<TrafficChange>> ALL =
            Map.of("resident-on-cpu", () -> LifecycleFaults::claimResidency);

    private LifecycleFaults() {}

    private static void claimResidency(Passage passage) throws java.io.IOException {
        if (!passage.request().is("GET", "/health")) {
            passage.relay();
            return;
        }
        WorkerAnswer answer = passage.ask();
        passage.fired();
        passage.client()
                .answer(
                        answer.head(),
                        new String(answer.allOfBody())
                                .replace("\"resident\":false", "\"resident\":true")
                                .getBytes());
    }
}
