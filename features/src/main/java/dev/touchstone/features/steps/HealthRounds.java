package dev.touchstone.features.steps;

import java.time.Duration;

/**
 * How far health calls during one generation after another have come.
 *
 * @param generations so many are over
 * @param before calls that fell into all but the last of them
 * @param calls calls that fell into all of them
 * @param spent the time since the first began
 */
record HealthRounds(int generations, int before, int calls, Duration spent) {
    private static final int GENERATIONS = 6;
    /** A quick GPU ends the longest generation before ten calls fell into it: of such there is room for more. */
    private static final Duration ROOM = Duration.ofSeconds(10);

    static HealthRounds none() {
        return new HealthRounds(0, 0, 0, Duration.ZERO);
    }

    HealthRounds then(int grownTo, Duration nowSpent) {
        return new HealthRounds(generations + 1, calls, grownTo, nowSpent);
    }

    /** Whether one more generation may be asked for. */
    boolean room() {
        return generations < GENERATIONS || (calls > before && spent.compareTo(ROOM) < 0);
    }
}
