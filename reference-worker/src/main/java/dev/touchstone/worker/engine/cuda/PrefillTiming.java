package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.PrefillParts;

/** From how long some tokens took, how many a prompt's part may have. */
final class PrefillTiming {

    /** Tokens that are timed. */
    static final int SAMPLE = 512;

    static final int ROUNDS = 3;

    private static final long WANTED_NANOS = 40_000_000;
    private static final int LEAST = 64;

    private PrefillTiming() {}

    /** The first part takes some 40 ms or less: a power of two of tokens, up to what a pass takes. */
    static PrefillParts parts(int count, long nanos) {
        double fitting = (double) count * WANTED_NANOS / Math.max(1, nanos);
        int first = LEAST;
        while (first < ScratchLayout.MOST_TOKENS && 2 * first <= fitting) {
            first *= 2;
        }
        return new PrefillParts(first, LEAST, ScratchLayout.MOST_TOKENS);
    }
}
