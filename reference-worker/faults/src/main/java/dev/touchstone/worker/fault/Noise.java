package dev.touchstone.worker.fault;

/** What another order of additions, or another kernel, does to logits. */
public final class Noise {

    /** As much as bfloat16 leaves open after some additions. */
    private static final double BRAIN = 0x1p-6;

    /** As much as eight-bit floats leave open. */
    private static final double EIGHT_BITS = 0x1p-5;

    private Noise() {}

    /** Logits as bfloat16 kernels of this number would give them: the same number, the same logits. */
    public static void brain(float[] logits, long kernel) {
        add(logits, kernel, BRAIN);
    }

    /** Logits as kernels of this number in eight-bit floats would give them. */
    public static void eightBits(float[] logits, long kernel) {
        add(logits, kernel, EIGHT_BITS);
    }

    /** Each logit is off by at most this part of the largest. */
    private static void add(float[] logits, long kernel, double part) {
        Fired.now();
        float largest = 0;
        for (float logit : logits) {
            largest = Math.max(largest, Math.abs(logit));
        }
        long state = kernel;
        for (int id = 0; id < logits.length; id++) {
            state = mixed(state + Float.floatToRawIntBits(logits[id]));
            logits[id] += (float) (largest * part * ((state >> 11) * 0x1p-52));
        }
    }

    /** The finalizer of SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. */
    private static long mixed(long x) {
        long a = x + 0x9E3779B97F4A7C15L;
        a = (a ^ (a >>> 30)) * 0xBF58476D1CE4E5B9L;
        a = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return a ^ (a >>> 31);
    }
}
