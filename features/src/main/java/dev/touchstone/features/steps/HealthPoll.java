package dev.touchstone.features.steps;

import dev.touchstone.harness.transcript.Exchange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/** Asks for health again and again until it is stopped. */
final class HealthPoll {
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;

    private HealthPoll(Asking asking, List<Exchange> asked, int pauseMillis) {
        thread = Thread.ofVirtual().start(() -> poll(asking, asked, pauseMillis));
    }

    /**
     * Begins.
     *
     * @param asked takes each answer; thread-safe
     */
    static HealthPoll start(Asking asking, List<Exchange> asked, int pauseMillis) {
        return new HealthPoll(asking, asked, pauseMillis);
    }

    /** Begins where the target has a route for it. */
    static Optional<HealthPoll> of(World world, Asking asking, List<Exchange> asked) {
        return world.target().healthPath().map(_ -> start(asking, asked, 20));
    }

    private void poll(Asking asking, List<Exchange> asked, int pauseMillis) {
        try {
            do {
                asked.add(asking.health());
            } while (!over.await(pauseMillis, TimeUnit.MILLISECONDS));
        } catch (TestAbortedException silent) {
            // The worker stopped answering; that verdict is recorded, and the generation tells the rest.
            return;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets it go on until that moment, then stops it. */
    void runUntil(Instant moment) throws InterruptedException {
        Duration left = Duration.between(Instant.now(), moment);
        thread.join(left.isPositive() ? left : Duration.ofNanos(1));
        stop();
    }

    /** Ends it after the call that is under way. */
    void stop() {
        over.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
