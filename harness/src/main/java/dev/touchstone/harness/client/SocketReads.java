package dev.touchstone.harness.client;

import java.util.function.LongSupplier;

/**
 * Counts the socket reads made for one exchange and remembers when the latest returned. Confined to the thread that
 * reads the exchange, which finds it through {@link #CURRENT}.
 */
final class SocketReads {

    static final ScopedValue<SocketReads> CURRENT = ScopedValue.newInstance();

    private final LongSupplier nanoTime;
    private int count;
    private long latest;

    SocketReads(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.latest = nanoTime.getAsLong();
    }

    void delivered() {
        latest = nanoTime.getAsLong();
        count++;
    }

    /** Running number of the latest socket read, from 1; 0 before the first. */
    int number() {
        return count;
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /** When the latest socket read returned, on the clock given. */
    long at() {
        return latest;
    }
}
