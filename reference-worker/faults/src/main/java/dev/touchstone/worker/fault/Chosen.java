package dev.touchstone.worker.fault;

import dev.touchstone.worker.generate.SamplingOptions;
import dev.touchstone.worker.http.Fields;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Options other than the request's; each tells that the fault fired where it differs. Thread-safe. */
public final class Chosen {

    private static final Set<Long> DRAWN = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger SEEDED = new AtomicInteger();

    private Chosen() {}

    public static SamplingOptions seed(SamplingOptions o, long seed) {
        fired(o.temperature() > 0 && seed != o.seed());
        return new SamplingOptions(o.temperature(), o.topP(), o.topK(), o.minP(), o.repetitionPenalty(), seed);
    }

    public static SamplingOptions temperature(SamplingOptions o, double temperature) {
        fired(temperature != o.temperature());
        return new SamplingOptions(temperature, o.topP(), o.topK(), o.minP(), o.repetitionPenalty(), o.seed());
    }

    public static SamplingOptions cut(SamplingOptions o, double topP, int topK) {
        fired(topP != o.topP() || topK != o.topK());
        return new SamplingOptions(o.temperature(), topP, topK, o.minP(), o.repetitionPenalty(), o.seed());
    }

    public static SamplingOptions penalty(SamplingOptions o, double penalty) {
        fired(penalty != o.repetitionPenalty());
        return new SamplingOptions(o.temperature(), o.topP(), o.topK(), o.minP(), penalty, o.seed());
    }

    public static int limit(int asked, int kept) {
        fired(asked != kept);
        return Serving.begun() ? kept : asked;
    }

    /** A seed in place of the one that was asked for or drawn. */
    public static long told(long seed, long other) {
        fired(seed != other);
        return other;
    }

    /** An unsigned seed as the nearest double, as far as that fits 64 bits. */
    public static long rounded(long seed) {
        double value = new BigInteger(Long.toUnsignedString(seed)).doubleValue();
        return new BigDecimal(value)
                .toBigInteger()
                .min(BigInteger.TWO.pow(64).subtract(BigInteger.ONE))
                .longValue();
    }

    /** @param fields a {@link Fields}; named by its class, advice would have it loaded before it can be changed */
    public static boolean hasNoSeed(Object fields) {
        return fields instanceof Fields known && known.absent("seed");
    }

    public static void drawn(long seed) {
        DRAWN.add(seed);
    }

    /** Once for each drawn seed. */
    public static boolean wasDrawn(long seed) {
        return DRAWN.remove(seed);
    }

    /** Whether this is a third generation. */
    public static boolean third() {
        return Serving.begun() && SEEDED.incrementAndGet() % 3 == 0;
    }

    private static void fired(boolean differs) {
        if (differs && Serving.begun()) {
            Fired.now();
        }
    }
}
