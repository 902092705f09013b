package dev.touchstone.harness.transcript;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much the exchanges of one scenario may take of the memory, all together, so that a worker which answers each of
 * them at length cannot exhaust it. Thread-safe.
 */
public final class RecordingRoom {

    /**
     * Enough for fifty streams of 2,048 tokens of the usual hundred bytes; what a scenario makes of it in memory is a few
     * times as much.
     */
    public static final long DEFAULT_BYTES = 32L * 1024 * 1024;

    private final AtomicLong left;

    public RecordingRoom(long bytes) {
        this.left = new AtomicLong(bytes);
    }

    /** Takes that many bytes for good. Returns whether they were still there. */
    public boolean take(long bytes) {
        return left.addAndGet(-bytes) >= 0;
    }
}
