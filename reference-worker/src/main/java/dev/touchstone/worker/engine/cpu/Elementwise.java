package dev.touchstone.worker.engine.cpu;

import static dev.touchstone.worker.engine.cpu.Lanes.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What happens between the matrices. Lengths are multiples of {@code LANES}. Only operations that IEEE 754 rounds in one
 * way are used, and sums run in a fixed order, so interpreter and compiler agree in every bit.
 */
final class Elementwise {

    private static final float LOG2_E = 1.44269504f;
    /** Adding it rounds to an integer, which then stands in the lowest bits. */
    private static final float ROUNDER = 0x1.8p23f;

    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float LEAST = -87f;
    private static final float MOST = 88f;

    private Elementwise() {}

    /** e^x to about 2 ulp; 0 below -87, where it would be under 1e-37. Coefficients of the Cephes library's expf. */
    static FloatVector exp(FloatVector x) {
        FloatVector clamped = x.max(LEAST).min(MOST);
        FloatVector shifted = clamped.fma(Lanes.all(LOG2_E), Lanes.all(ROUNDER));
        FloatVector n = shifted.sub(ROUNDER);
        FloatVector r = n.fma(Lanes.all(-LN2_HIGH), clamped);
        r = n.fma(Lanes.all(-LN2_LOW), r);
        FloatVector p = Lanes.all(1.9875691500e-4f);
        p = p.fma(r, Lanes.all(1.3981999507e-3f));
        p = p.fma(r, Lanes.all(8.3334519073e-3f));
        p = p.fma(r, Lanes.all(4.1665795894e-2f));
        p = p.fma(r, Lanes.all(1.6666665459e-1f));
        p = p.fma(r, Lanes.all(5.0000001201e-1f));
        p = p.fma(r.mul(r), r).add(1f);
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        FloatVector scaled = p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
        return scaled.blend(0f, x.compare(VectorOperators.LT, LEAST));
    }

    /** gate := gate / (1 + e^-gate) * up. */
    static void gatedSilu(float[] gate, float[] up, int at, int length) {
        for (int i = at; i < at + length; i += LANES) {
            FloatVector g = Lanes.floats(gate, i);
            FloatVector sigmoid = g.div(exp(g.neg()).add(1f));
            sigmoid.mul(Lanes.floats(up, i)).intoArray(gate, i);
        }
    }

    static void add(float[] to, int toAt, float[] from, int fromAt, int length) {
        for (int i = 0; i < length; i += LANES) {
            Lanes.floats(to, toAt + i).add(Lanes.floats(from, fromAt + i)).intoArray(to, toAt + i);
        }
    }

    /**
     * Scales to a root mean square of one, then by {@code weight}.
     *
     * @param hidden the number of elements that count; {@code length} may have zeros after them
     */
    static void rmsNorm(
            float[] x, int xAt, float[] weight, float[] out, int outAt, int length, int hidden, float epsilon) {
        FloatVector squares = Lanes.zero();
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = Lanes.floats(x, xAt + i);
            squares = v.fma(v, squares);
        }
        float scale = (float) (1 / Math.sqrt(sum(squares) / hidden + epsilon));
        for (int i = 0; i < length; i += LANES) {
            Lanes.floats(x, xAt + i).mul(scale).mul(Lanes.floats(weight, i)).intoArray(out, outAt + i);
        }
    }

    /**
     * Turns scores into e^(score - largest) and gives the inverse of their sum.
     *
     * @param scores {@code count} scores; filled with zeros up to the next multiple of {@code LANES}
     */
    static float softmax(float[] scores, int count) {
        int length = Lanes.roundUp(count, LANES);
        for (int i = count; i < length; i++) {
            scores[i] = Float.NEGATIVE_INFINITY;
        }
        FloatVector most = Lanes.all(Float.NEGATIVE_INFINITY);
        for (int i = 0; i < length; i += LANES) {
            most = most.max(Lanes.floats(scores, i));
        }
        float largest = most.reduceLanes(VectorOperators.MAX);
        FloatVector total = Lanes.zero();
        for (int i = 0; i < length; i += LANES) {
            FloatVector e = exp(Lanes.floats(scores, i).sub(largest));
            e.intoArray(scores, i);
            total = total.add(e);
        }
        return (float) (1 / sum(total));
    }

    /** Lane by lane, since the order of {@code reduceLanes} is not specified. */
    private static double sum(FloatVector vector) {
        double sum = 0;
        for (int i = 0; i < LANES; i++) {
            sum += vector.lane(i);
        }
        return sum;
    }
}
