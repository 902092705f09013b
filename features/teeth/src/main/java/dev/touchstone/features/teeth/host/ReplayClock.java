package dev.touchstone.features.teeth.host;

import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Recorded time since it was first asked, in nanoseconds: one for all the probes of a run, so that they agree. Thread-safe. */
final class ReplayClock {

    private final LongSupplier nanoTime;
    private OptionalLong start = OptionalLong.empty();

    /** @param nanoTime monotonic, not always by the wall */
    ReplayClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized long nanos() {
        long now = nanoTime.getAsLong();
        if (start.isEmpty()) {
            start = OptionalLong.of(now);
        }
        return now - start.getAsLong();
    }
}
