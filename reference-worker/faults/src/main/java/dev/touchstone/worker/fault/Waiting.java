package dev.touchstone.worker.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Time that a fault takes from whoever runs into it. */
public final class Waiting {

    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private Waiting() {}

    /** Returns after that time. */
    public static void millis(long time) throws InterruptedException {
        if (NEVER.await(time, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("a latch that nobody counts down is open");
        }
    }

    /** Milliseconds since the process was started. */
    public static long sinceTheStart() {
        Instant start = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
        return Duration.between(start, Instant.now()).toMillis();
    }

    /** Does not return. */
    public static void forEver() throws InterruptedException {
        NEVER.await();
    }
}
