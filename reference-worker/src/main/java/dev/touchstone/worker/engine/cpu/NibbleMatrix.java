package dev.touchstone.worker.engine.cpu;

import static dev.touchstone.worker.engine.cpu.Lanes.LANES;
import static dev.touchstone.worker.engine.cpu.Lanes.PANEL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Codes of four bits, times a scale, plus an offset, for every 32 columns of a row: Q4_0, Q4_1, Q4_K. */
final class NibbleMatrix extends Matrix {

    private static final int GROUP = 32;

    private final byte[] codes;
    private final float[] scales;
    private final float[] offsets;

    /**
     * @param codes panel, pair of columns, row in panel; the even column in the low nibble
     * @param scales panel, group of columns, row in panel
     * @param offsets as scales
     */
    NibbleMatrix(int rows, int columns, byte[] codes, float[] scales, float[] offsets) {
        super(rows, columns);
        this.codes = codes;
        this.scales = scales;
        this.offsets = offsets;
    }

    @Override
    void dot(int panel, float[] x, int xAt, float[] out, int outAt) {
        int groups = columns() / GROUP;
        dot(
                codes,
                panel * (columns() / 2) * PANEL,
                scales,
                offsets,
                panel * groups * PANEL,
                groups,
                x,
                xAt,
                out,
                outAt);
    }

    private static void dot(
            byte[] codes,
            int codeAt,
            float[] scales,
            float[] offsets,
            int scaleAt,
            int groups,
            float[] x,
            int xAt,
            float[] out,
            int outAt) {
        FloatVector sum0 = Lanes.zero();
        FloatVector sum1 = Lanes.zero();
        for (int g = 0; g < groups; g++) {
            int at = scaleAt + g * PANEL;
            FloatVector scale0 = Lanes.floats(scales, at);
            FloatVector scale1 = Lanes.floats(scales, at + LANES);
            FloatVector offset0 = Lanes.floats(offsets, at);
            FloatVector offset1 = Lanes.floats(offsets, at + LANES);
            int code = codeAt + g * (GROUP / 2) * PANEL;
            int in = xAt + g * GROUP;
            for (int pair = 0; pair < GROUP / 2; pair++) {
                IntVector pair0 = Lanes.unsignedBytes(codes, code + pair * PANEL);
                IntVector pair1 = Lanes.unsignedBytes(codes, code + pair * PANEL + LANES);
                FloatVector even = Lanes.all(x[in + 2 * pair]);
                FloatVector odd = Lanes.all(x[in + 2 * pair + 1]);
                sum0 = low(pair0).fma(scale0, offset0).fma(even, sum0);
                sum1 = low(pair1).fma(scale1, offset1).fma(even, sum1);
                sum0 = high(pair0).fma(scale0, offset0).fma(odd, sum0);
                sum1 = high(pair1).fma(scale1, offset1).fma(odd, sum1);
            }
        }
        sum0.intoArray(out, outAt);
        sum1.intoArray(out, outAt + LANES);
    }

    private static FloatVector low(IntVector pair) {
        return Lanes.toFloats(pair.and(15));
    }

    private static FloatVector high(IntVector pair) {
        return Lanes.toFloats(pair.lanewise(VectorOperators.LSHR, 4));
    }

    @Override
    void expand(int panel, float[] into) {
        int groups = columns() / GROUP;
        expand(codes, panel * (columns() / 2) * PANEL, scales, offsets, panel * groups * PANEL, groups, into);
    }

    private static void expand(
            byte[] codes, int codeAt, float[] scales, float[] offsets, int scaleAt, int groups, float[] into) {
        for (int g = 0; g < groups; g++) {
            int at = scaleAt + g * PANEL;
            FloatVector scale0 = Lanes.floats(scales, at);
            FloatVector scale1 = Lanes.floats(scales, at + LANES);
            FloatVector offset0 = Lanes.floats(offsets, at);
            FloatVector offset1 = Lanes.floats(offsets, at + LANES);
            for (int pair = 0; pair < GROUP / 2; pair++) {
                int code = codeAt + (g * (GROUP / 2) + pair) * PANEL;
                int cell = (g * GROUP + 2 * pair) * PANEL;
                IntVector pair0 = Lanes.unsignedBytes(codes, code);
                IntVector pair1 = Lanes.unsignedBytes(codes, code + LANES);
                low(pair0).fma(scale0, offset0).intoArray(into, cell);
                low(pair1).fma(scale1, offset1).intoArray(into, cell + LANES);
                high(pair0).fma(scale0, offset0).intoArray(into, cell + PANEL);
                high(pair1).fma(scale1, offset1).intoArray(into, cell + PANEL + LANES);
            }
        }
    }
}
