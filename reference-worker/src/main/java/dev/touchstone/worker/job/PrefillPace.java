package dev.touchstone.worker.job;

import dev.touchstone.worker.engine.PrefillParts;

/**
 * How many prompt tokens to take in between two looks at the cancel flag: as many as a fast engine likes, as few as a
 * slow one needs so that a cancel is seen within some 50 ms. The split changes no bit of any result.
 */
final class PrefillPace {
    private static final long SHORT_NANOS = 20_000_000;
    private static final long LONG_NANOS = 60_000_000;

    private final PrefillParts parts;
    private int part;

    PrefillPace(PrefillParts parts) {
        this.parts = parts;
        this.part = parts.first();
    }

    int part() {
        return part;
    }

    /** Tells how long the last part took; a part of half the time may be twice as long. */
    void took(long nanos) {
        if (nanos < SHORT_NANOS) {
            part = Math.min(parts.most(), part * 2);
        } else if (nanos > LONG_NANOS) {
            part = Math.max(parts.least(), part / 2);
        }
    }
}
