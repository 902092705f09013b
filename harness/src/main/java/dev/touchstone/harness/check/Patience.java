package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import java.time.Duration;
import java.util.Optional;

/** Tells a worker that is slow from one that hangs. */
final class Patience {
    /** EV-11 has a waiting worker send a comment every 15 s. */
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(20);

    private Patience() {}

    /** Why nothing can be said of a stream that the kit gave up while the worker still showed signs of life. */
    static Optional<String> ranOut(Generation generation) {
        if (!(generation.exchange().end() instanceof BodyEnd.TimedOut timeout)) {
            return Optional.empty();
        }
        long last = generation.exchange().chunks().stream()
                .mapToLong(Chunk::nanos)
                .max()
                .orElse(Long.MIN_VALUE / 2);
        return timeout.nanos() - last < SIGN_OF_LIFE.toNanos()
                        && generation.terminal().isEmpty()
                ? Optional.of("the worker was still at it when the kit gave up after %s; --budget request= allows more"
                        .formatted(Shown.millis(timeout.nanos())))
                : Optional.empty();
    }
}
