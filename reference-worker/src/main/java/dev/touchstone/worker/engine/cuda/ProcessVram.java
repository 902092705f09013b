package dev.touchstone.worker.engine.cuda;

import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * How much VRAM this process holds, published for whoever asks. Asking never waits: it gives what was read last, and has
 * another thread read again if that is more than a second ago. Safe from any thread.
 *
 * <p>NVML's figure for the process is taken where NVML lists it. In a container with process ids of its own it does not; then
 * the engine's own allocations are summed, and added to what the device's use grew by when the context was made and the
 * kernels loaded: an estimate, off by what other processes took or gave back meanwhile.
 */
final class ProcessVram {
    private static final long OLD_NANOS = 1_000_000_000;

    private final LongSupplier measuring;
    private final LongSupplier clock;
    private final Executor reader;
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile long published;
    private volatile long readAt;

    /**
     * Reads once.
     *
     * @param measuring asks NVML, or estimates
     * @param clock nanoseconds
     * @param reader runs a reading off the caller's thread
     */
    ProcessVram(LongSupplier measuring, LongSupplier clock, Executor reader) {
        this.measuring = measuring;
        this.clock = clock;
        this.reader = reader;
        read();
    }

    /** NVML's figure, or else the estimate. */
    static long choose(OptionalLong told, long allocated, long overhead) {
        return told.orElse(allocated + overhead);
    }

    /** Bytes, as read last. */
    long bytes() {
        if (clock.getAsLong() - readAt > OLD_NANOS && reading.compareAndSet(false, true)) {
            reader.execute(() -> {
                try {
                    read();
                } finally {
                    reading.set(false);
                }
            });
        }
        return published;
    }

    private void read() {
        published = measuring.getAsLong();
        readAt = clock.getAsLong();
    }
}
