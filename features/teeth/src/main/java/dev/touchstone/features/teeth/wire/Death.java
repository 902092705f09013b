package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.function.Predicate;

/**
 * A worker whose process dies of some request, and is dead from then on: that request's connection and all later ones are
 * broken off. Health is spared where a supervisor answers in the dead one's place.
 */
final class Death implements TrafficChange {

    private final Predicate<ClientRequest> cause;
    private final boolean healthLives;
    private volatile boolean dead;

    Death(Predicate<ClientRequest> cause, boolean healthLives) {
        this.cause = cause;
        this.healthLives = healthLives;
    }

    static Death ofMalformedJson() {
        return new Death(
                request -> request.path().equals("/execute")
                        && Bodies.text(request).startsWith("{")
                        && request.json().isEmpty(),
                false);
    }

    /** Token ids in the prompt's place: one that the vocabulary has not is a device assertion, which ends the engine. */
    static Death ofTokenIds() {
        return new Death(
                request -> request.json()
                        .map(o -> o.path("prompt"))
                        .filter(Death::outside)
                        .isPresent(),
                true);
    }

    private static boolean outside(JsonNode prompt) {
        return prompt.isArray()
                && prompt.valueStream()
                        .anyMatch(id -> id.isNumber() && (id.doubleValue() < 0 || id.doubleValue() > 1_000_000));
    }

    @Override
    public void handle(Passage passage) throws IOException {
        boolean dies = !dead && cause.test(passage.request());
        boolean health = passage.request().path().equals("/health");
        if (dies) {
            passage.fired();
            dead = true;
        }
        if (dead && !(health && healthLives)) {
            passage.client().reset();
        } else {
            passage.relay();
        }
    }
}
