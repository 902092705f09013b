package dev.touchstone.features.teeth;

import dev.touchstone.features.run.QuietRun;
import java.util.Optional;

/**
 * What the kit saw of one worker.
 *
 * @param outcome empty where the run could not begin
 * @param failure why, one sentence
 * @param recorded what the host's evidence is where it was recorded before, one sentence; empty where all is live
 */
record Observation(Optional<QuietRun.Outcome> outcome, String failure, long fired, String recorded) {

    static Observation of(QuietRun.Outcome outcome, long fired) {
        return new Observation(Optional.of(outcome), "", fired, "");
    }

    static Observation failed(String sentence, long fired) {
        return new Observation(Optional.empty(), sentence, fired, "");
    }

    Optional<QuietRun.Judged> requirement(String id) {
        return outcome.flatMap(
                o -> o.requirements().stream().filter(r -> r.id().equals(id)).findFirst());
    }
}
