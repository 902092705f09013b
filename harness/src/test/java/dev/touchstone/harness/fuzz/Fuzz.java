package dev.touchstone.harness.fuzz;

import java.time.Duration;
import java.util.Random;
import org.opentest4j.AssertionFailedError;

/**
 * Tries seed after seed for a while. A second a test by default, from seed 0; {@code -Dtouchstone.fuzz.seconds=300}
 * tries for longer, and {@code -Dtouchstone.fuzz.seed=N} begins with that seed, to repeat a failure or to go where
 * nobody was before.
 */
public final class Fuzz {

    private static final Duration TIME = Duration.ofSeconds(Long.getLong("touchstone.fuzz.seconds", 1));
    private static final long FIRST_SEED = Long.getLong("touchstone.fuzz.seed", 0);

    /** Something that must hold for whatever the random numbers make. */
    @FunctionalInterface
    public interface Property {
        void holds(Random random) throws Exception;
    }

    private Fuzz() {}

    /** Tries one seed at least, and fails with the first seed for which the property does not hold. */
    public static void run(Property property) {
        long begun = System.nanoTime();
        long seed = FIRST_SEED;
        do {
            try {
                property.holds(new Random(seed));
            } catch (Throwable failure) {
                throw new AssertionFailedError(
                        "Failed with seed %d; -Dtouchstone.fuzz.seed=%1$d repeats it: %s".formatted(seed, failure),
                        failure);
            }
            seed++;
        } while (System.nanoTime() - begun < TIME.toNanos());
    }
}
