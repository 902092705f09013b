package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.target.GenerationRequest;
import java.time.Duration;

/**
 * How quick this worker is with this model, so that scenarios ask for what takes neither a moment nor minutes.
 *
 * @param first from the request to the first text
 * @param perToken from one token to the next, never zero
 */
record Pace(Duration first, Duration perToken) {
    private static final int TRIAL = 16;
    private static final int TRIES = 3;

    /** Measures by short generations, which are kept as evidence only; the quickest counts on a busy machine. */
    static Pace measure(World world, Asking asking, String prompt) throws InterruptedException {
        Pace best = once(world, asking, prompt);
        for (int n = 1; n < TRIES; n++) {
            Pace next = once(world, asking, prompt);
            best = next.perToken.compareTo(best.perToken) < 0 ? next : best;
        }
        return best;
    }

    private static Pace once(World world, Asking asking, String prompt) throws InterruptedException {
        Generation trial = Generation.of(asking.send(
                world.wire().call("measure the pace", GenerationRequest.greedy(world.newJobId(), prompt, TRIAL))));
        if (!trial.ended() || trial.firstTokenNanos().isEmpty()) {
            throw world.inconclusive("a plain request gave no whole text: " + trial.outcome());
        }
        long first = trial.firstTokenNanos().getAsLong();
        long rest = (trial.durationNanos() - first) / Math.max(1, trial.tokenCount() - 1);
        return new Pace(Duration.ofNanos(first), Duration.ofNanos(Math.max(1_000, rest)));
    }

    /** What a generation shows; one that gave no text counts as slow as it was long. */
    static Pace of(Generation generation) {
        long first = generation.firstTokenNanos().orElse(generation.durationNanos());
        int further = Math.max(1, generation.tokenCount() - 1);
        return new Pace(
                Duration.ofNanos(first), Duration.ofNanos(Math.max(1, (generation.durationNanos() - first) / further)));
    }

    /** How many tokens each of so many requests, one after the other, may have to be done within a time. */
    int tokens(Duration within, int requests, int least, int most) {
        long each = within.dividedBy(requests).minus(first).toNanos();
        return (int) Math.clamp(each / perToken.toNanos(), least, most);
    }

    /** What so many tokens take. */
    Duration of(int tokens) {
        return first.plus(perToken.multipliedBy(tokens));
    }

    /** How many tokens take about so long, at least 16 and at most {@code most}. */
    int tokensIn(Duration time, int most) {
        long tokens = time.toNanos() / perToken.toNanos();
        return (int) Math.min(most, Math.max(TRIAL, tokens));
    }
}
