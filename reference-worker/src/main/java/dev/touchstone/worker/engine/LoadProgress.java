package dev.touchstone.worker.engine;

import java.util.function.IntConsumer;

/** Tells a load's progress as 0, 25, 50, 75 and 100 percent, each once and in this order. Not thread-safe. */
public final class LoadProgress {
    private final IntConsumer told;
    private int next;

    public LoadProgress(IntConsumer told) {
        this.told = told;
    }

    /** Tells every step up to {@code percent} that has not been told. */
    public void reached(double percent) {
        for (; next <= 100 && next <= percent; next += 25) {
            told.accept(next);
        }
    }
}
