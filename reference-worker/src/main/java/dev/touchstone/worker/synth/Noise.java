package dev.touchstone.worker.synth;

/**
 * Nearly normal numbers from a counter: number {@code i} is a function of seed, stream and {@code i} alone, so threads may
 * make any part of a tensor and every machine makes the same bits. A word of SplitMix64 (Steele, Lea, Flood, "Fast
 * Splittable Pseudorandom Number Generators", OOPSLA 2014) is cut into four uniform numbers of 16 bits, whose sum is
 * close to normal (never beyond 3.47 deviations) and needs whole numbers only. Immutable, thread-safe.
 */
final class Noise {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    /** Four times the mean of a uniform number of 16 bits. */
    private static final int CENTRE = 2 * 65_535;
    /** One over the deviation of the sum, √((65536² - 1) / 3). */
    private static final float UNIT = (float) (1 / Math.sqrt((65_536.0 * 65_536.0 - 1) / 3));

    private final long key;

    Noise(long seed, long stream) {
        key = mixed(mixed(seed) + GOLDEN * (stream + 1));
    }

    /** A number of mean 0 and deviation 1. */
    float at(long index) {
        long word = mixed(key + GOLDEN * (index + 1));
        int sum = (int) (word & 0xFFFF)
                + (int) (word >>> 16 & 0xFFFF)
                + (int) (word >>> 32 & 0xFFFF)
                + (int) (word >>> 48);
        return (sum - CENTRE) * UNIT;
    }

    private static long mixed(long value) {
        long a = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ a >>> 27) * 0x94D049BB133111EBL;
        return b ^ b >>> 31;
    }
}
