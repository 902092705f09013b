package dev.touchstone.harness.evidence;

import java.time.Duration;

/**
 * Adds up a counter of 32 bits that starts again at 0 after 2^32 - 1, from its readings in order. Whether it went round
 * more than once between two readings cannot be seen; {@link #SAFE_GAP} is how close they must be. Not thread-safe.
 */
public final class WrappingCounter {

    /** A PCIe 5.0 link of 16 lanes moves 63 GB/s and so needs 68 ms for 2^32 bytes; less what a reading takes. */
    public static final Duration SAFE_GAP = Duration.ofMillis(60);

    private static final long ROUND = 1L << 32;

    private boolean started;
    private long last;
    private long lastNanos;
    private long total;
    private boolean exact = true;

    /**
     * Takes the next reading.
     *
     * @param value the lowest 32 bits count
     * @param nanos when it was read, monotonic
     */
    public void read(long value, long nanos) {
        long now = value & (ROUND - 1);
        if (started) {
            total += Math.floorMod(now - last, ROUND);
            exact &= nanos - lastNanos <= SAFE_GAP.toNanos();
        }
        started = true;
        last = now;
        lastNanos = nanos;
    }

    /** What was counted from the first reading to the last; a lower bound where it is not {@link #exact}. */
    public long total() {
        return total;
    }

    /** Whether all readings were so close that no round can have been missed. */
    public boolean exact() {
        return exact;
    }
}
