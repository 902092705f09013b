package dev.touchstone.worker.generate;

/**
 * The exponential function of a number at or below zero, to about one unit in the last place. Only additions,
 * multiplications and {@link Math#fma}, all exactly defined, so the bits are the same on every platform and in
 * interpreted and compiled code, which {@link Math#exp} does not promise; and faster than {@link StrictMath#exp}.
 *
 * <p>Cody and Waite's reduction to |r| at most ln 2 / 2, then the Taylor series.
 */
final class StableExp {
    /** Below this the result is taken as 0: 2^18 such weights together are under half an ulp of the likeliest's 1. */
    static final double LEAST = -64;

    private static final double LOG2_E = 1.4426950408889634;
    private static final double LN2_HIGH = 0x1.62e42fee00000p-1;
    private static final double LN2_LOW = 0x1.a39ef35793c76p-33;
    private static final double ROUND = 0x1.8p52;
    /** 1/13! down to 1/2!, for Horner's rule. */
    private static final double[] SERIES = series();

    private StableExp() {}

    static double of(double x) {
        if (!(x >= LEAST)) {
            return 0;
        }
        double k = (x * LOG2_E + ROUND) - ROUND;
        double r = Math.fma(-k, LN2_LOW, Math.fma(-k, LN2_HIGH, x));
        double p = SERIES[0];
        for (int i = 1; i < SERIES.length; i++) {
            p = Math.fma(p, r, SERIES[i]);
        }
        p = Math.fma(Math.fma(p, r, 1), r, 1);
        return p * Double.longBitsToDouble(((long) k + 1023) << 52);
    }

    private static double[] series() {
        double[] out = new double[12];
        double factorial = 1;
        for (int n = 2; n <= 13; n++) {
            factorial *= n;
            out[13 - n] = 1 / factorial;
        }
        return out;
    }
}
