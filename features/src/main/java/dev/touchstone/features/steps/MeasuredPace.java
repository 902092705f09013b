package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import java.time.Duration;

/**
 * How quick a worker is, so that a scenario can ask a slow one for less.
 *
 * @param firstNanos to the first token of a short prompt
 * @param tokenNanos from token to token
 */
record MeasuredPace(long firstNanos, long tokenNanos) {

    static MeasuredPace of(Generation generation) {
        long first = generation.firstTokenNanos().orElse(generation.durationNanos());
        int further = Math.max(1, generation.tokenCount() - 1);
        return new MeasuredPace(first, Math.max(1, (generation.durationNanos() - first) / further));
    }

    /** How many tokens each of so many requests, one after the other, may have to be done within a time. */
    int tokens(Duration within, int requests, int least, int most) {
        long each = within.toNanos() / requests - firstNanos;
        return (int) Math.clamp(each / tokenNanos, least, most);
    }
}
