package dev.touchstone.features.steps;

import java.util.Optional;

/**
 * Where a {@link World} finds the run that it belongs to. Cucumber makes the worlds itself and can pass them nothing,
 * hence this one process-wide place. Thread-safe.
 */
public final class CurrentStage {

    private static volatile Optional<Stage> current = Optional.empty();

    private CurrentStage() {}

    /** Makes the stage known until {@link #clear()}; a later one takes the place of an earlier one. */
    public static void set(Stage stage) {
        current = Optional.of(stage);
    }

    public static void clear() {
        current = Optional.empty();
    }

    static Stage get() {
        return current.orElseThrow(
                () -> new KitFailure(
                        "No run is set up: start scenarios with `touchstone run` or dev.touchstone.features.run.RunConformance."));
    }
}
