package dev.touchstone.features.teeth;

import dev.touchstone.features.run.QuietRun;
import java.util.Optional;

/** What is said of a twin: it must keep all that the fault must break. */
final class TwinWords {

    private TwinWords() {}

    /** Why the twin is not clean; empty where it is. */
    static Optional<String> spot(Fault fault, Observation twin) {
        if (twin.outcome().isEmpty()) {
            return Optional.of("The twin could not be judged: " + twin.failure());
        }
        return fault.requirements().stream()
                .filter(id -> twin.requirement(id)
                        .flatMap(QuietRun.Judged::verdict)
                        .filter("held"::equals)
                        .isEmpty())
                .map(id -> "The twin, without the fault, does not hold " + id + ": "
                        + twin.requirement(id).map(TwinWords::words).orElse("it was not judged"))
                .findFirst();
    }

    private static String words(QuietRun.Judged judged) {
        return judged.verdict().orElse("not judged")
                + (judged.broken().isEmpty()
                        ? ", " + judged.reason()
                        : ", expected " + judged.broken().getFirst().expected() + ", but "
                                + judged.broken().getFirst().actual());
    }

    /** What the twin held. */
    static String clean(Fault fault, Observation twin) {
        return fault.requirements().stream()
                .flatMap(id -> twin.requirement(id).stream())
                .map(judged -> judged.id() + " held: " + judged.reason())
                .findFirst()
                .orElse("");
    }
}
