package dev.touchstone.harness.target;

import java.util.Optional;

/**
 * What a model was seen to be able to do beside continuing a text; found out by {@link SkillProbe}.
 *
 * @param echo how it is made to repeat a text
 * @param recall how it is made to say a fact that it was told
 */
public record Skills(Optional<EchoForm> echo, Optional<RecallForm> recall) {

    /** No skill. */
    public static Skills none() {
        return new Skills(Optional.empty(), Optional.empty());
    }
}
