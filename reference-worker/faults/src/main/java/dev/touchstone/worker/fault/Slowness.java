package dev.touchstone.worker.fault;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** What odd workers wait and count by. Public because advice calls it. */
public final class Slowness {

    /** How many tokens the running generation has chosen; there is one engine thread. */
    public static final AtomicInteger CHOSEN = new AtomicInteger();

    private Slowness() {}

    /** Waits; the thread does nothing else meanwhile. */
    public static void pause(long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = deadline - System.nanoTime(); left > 0; left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
