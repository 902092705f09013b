package dev.touchstone.features.teeth.wire;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** What is told of a proxy's change. Thread-safe. */
final class ProxyEvents {

    private final AtomicLong fired = new AtomicLong();
    private volatile Optional<String> failure = Optional.empty();

    void fired() {
        fired.incrementAndGet();
    }

    synchronized void failed(Throwable thrown) {
        StackTraceElement[] trace = thrown.getStackTrace();
        String where = trace.length == 0 ? "" : " at " + trace[0];
        failure = failure.isPresent() ? failure : Optional.of(thrown + where);
    }

    long timesFired() {
        return fired.get();
    }

    Optional<String> failure() {
        return failure;
    }
}
