package dev.touchstone.worker.engine.cpu;

import static dev.touchstone.worker.engine.cpu.Lanes.LANES;
import static dev.touchstone.worker.engine.cpu.Lanes.PANEL;

import jdk.incubator.vector.FloatVector;

/**
 * Multiplies one expanded panel with many tokens. Eight tokens at a time keep sixteen sums in registers, so that each
 * weight loaded serves eight multiplications; each sum still runs over the columns one by one, as for a single token.
 */
final class Tiles {

    private Tiles() {}

    /**
     * @param w {@code columns} times {@code PANEL} weights
     * @param x vectors, {@code xStride} apart
     * @param out results, {@code outStride} apart
     */
    static void multiply(
            float[] w,
            int columns,
            float[] x,
            int xAt,
            int xStride,
            int tokens,
            float[] out,
            int outAt,
            int outStride) {
        int token = 0;
        for (; token + 8 <= tokens && LANES == 16; token += 8) {
            eight(w, columns, x, xAt + token * xStride, xStride, out, outAt + token * outStride, outStride);
        }
        for (; token + 4 <= tokens; token += 4) {
            four(w, columns, x, xAt + token * xStride, xStride, out, outAt + token * outStride, outStride);
        }
        for (; token < tokens; token++) {
            one(w, columns, x, xAt + token * xStride, out, outAt + token * outStride);
        }
    }

    private static void eight(
            float[] w, int columns, float[] x, int xAt, int xStride, float[] out, int outAt, int outStride) {
        int x1 = xAt + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        int x4 = x3 + xStride;
        int x5 = x4 + xStride;
        int x6 = x5 + xStride;
        int x7 = x6 + xStride;
        FloatVector a0 = Lanes.zero();
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        FloatVector b4 = a0;
        FloatVector b5 = a0;
        FloatVector b6 = a0;
        FloatVector b7 = a0;
        for (int k = 0; k < columns; k++) {
            FloatVector wa = Lanes.floats(w, k * PANEL);
            FloatVector wb = Lanes.floats(w, k * PANEL + LANES);
            FloatVector v0 = Lanes.all(x[xAt + k]);
            a0 = wa.fma(v0, a0);
            b0 = wb.fma(v0, b0);
            FloatVector v1 = Lanes.all(x[x1 + k]);
            a1 = wa.fma(v1, a1);
            b1 = wb.fma(v1, b1);
            FloatVector v2 = Lanes.all(x[x2 + k]);
            a2 = wa.fma(v2, a2);
            b2 = wb.fma(v2, b2);
            FloatVector v3 = Lanes.all(x[x3 + k]);
            a3 = wa.fma(v3, a3);
            b3 = wb.fma(v3, b3);
            FloatVector v4 = Lanes.all(x[x4 + k]);
            a4 = wa.fma(v4, a4);
            b4 = wb.fma(v4, b4);
            FloatVector v5 = Lanes.all(x[x5 + k]);
            a5 = wa.fma(v5, a5);
            b5 = wb.fma(v5, b5);
            FloatVector v6 = Lanes.all(x[x6 + k]);
            a6 = wa.fma(v6, a6);
            b6 = wb.fma(v6, b6);
            FloatVector v7 = Lanes.all(x[x7 + k]);
            a7 = wa.fma(v7, a7);
            b7 = wb.fma(v7, b7);
        }
        store(a0, b0, out, outAt);
        store(a1, b1, out, outAt + outStride);
        store(a2, b2, out, outAt + 2 * outStride);
        store(a3, b3, out, outAt + 3 * outStride);
        store(a4, b4, out, outAt + 4 * outStride);
        store(a5, b5, out, outAt + 5 * outStride);
        store(a6, b6, out, outAt + 6 * outStride);
        store(a7, b7, out, outAt + 7 * outStride);
    }

    private static void four(
            float[] w, int columns, float[] x, int xAt, int xStride, float[] out, int outAt, int outStride) {
        int x1 = xAt + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        FloatVector a0 = Lanes.zero();
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        for (int k = 0; k < columns; k++) {
            FloatVector wa = Lanes.floats(w, k * PANEL);
            FloatVector wb = Lanes.floats(w, k * PANEL + LANES);
            FloatVector v0 = Lanes.all(x[xAt + k]);
            a0 = wa.fma(v0, a0);
            b0 = wb.fma(v0, b0);
            FloatVector v1 = Lanes.all(x[x1 + k]);
            a1 = wa.fma(v1, a1);
            b1 = wb.fma(v1, b1);
            FloatVector v2 = Lanes.all(x[x2 + k]);
            a2 = wa.fma(v2, a2);
            b2 = wb.fma(v2, b2);
            FloatVector v3 = Lanes.all(x[x3 + k]);
            a3 = wa.fma(v3, a3);
            b3 = wb.fma(v3, b3);
        }
        store(a0, b0, out, outAt);
        store(a1, b1, out, outAt + outStride);
        store(a2, b2, out, outAt + 2 * outStride);
        store(a3, b3, out, outAt + 3 * outStride);
    }

    private static void one(float[] w, int columns, float[] x, int xAt, float[] out, int outAt) {
        FloatVector a = Lanes.zero();
        FloatVector b = a;
        for (int k = 0; k < columns; k++) {
            FloatVector value = Lanes.all(x[xAt + k]);
            a = Lanes.floats(w, k * PANEL).fma(value, a);
            b = Lanes.floats(w, k * PANEL + LANES).fma(value, b);
        }
        store(a, b, out, outAt);
    }

    private static void store(FloatVector low, FloatVector high, float[] out, int at) {
        low.intoArray(out, at);
        high.intoArray(out, at + LANES);
    }
}
