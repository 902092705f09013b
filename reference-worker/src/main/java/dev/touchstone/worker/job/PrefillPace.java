package dev.touchstone.worker.job;

/**
 * How many prompt tokens to take in between two looks at the cancel flag: as many as a fast engine likes, as few as a
 * slow one needs so that a cancel is seen within some 50 ms; below the least, prefill would lose half of its speed (on
 * two cores, SmolLM2-135M takes in 175 tokens/s by parts of 8, 302 by 32, 372 by 128). The split changes no bit of any
 * result.
 */
final class PrefillPace {
    private static final int FIRST = 32;
    private static final int LEAST = 16;
    private static final int MOST = 256;
    private static final long SHORT_NANOS = 20_000_000;
    private static final long LONG_NANOS = 60_000_000;

    private int part = FIRST;

    int part() {
        return part;
    }

    /** Tells how long the last part took; a part of half the time may be twice as long. */
    void took(long nanos) {
        if (nanos < SHORT_NANOS) {
            part = Math.min(MOST, part * 2);
        } else if (nanos > LONG_NANOS) {
            part = Math.max(LEAST, part / 2);
        }
    }
}
