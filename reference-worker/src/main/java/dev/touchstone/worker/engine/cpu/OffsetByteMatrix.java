package dev.touchstone.worker.engine.cpu;

import static dev.touchstone.worker.engine.cpu.Lanes.LANES;
import static dev.touchstone.worker.engine.cpu.Lanes.PANEL;

import jdk.incubator.vector.FloatVector;

/** Codes of one byte, times a scale, plus an offset, for every {@code group} columns of a row: Q5_0, Q5_1, Q5_K. */
final class OffsetByteMatrix extends Matrix {

    private final byte[] codes;
    private final float[] scales;
    private final float[] offsets;
    private final int group;

    /**
     * @param codes panel, column, row in panel
     * @param scales panel, group of columns, row in panel
     * @param offsets as scales
     */
    OffsetByteMatrix(int rows, int columns, int group, byte[] codes, float[] scales, float[] offsets) {
        super(rows, columns);
        this.group = group;
        this.codes = codes;
        this.scales = scales;
        this.offsets = offsets;
    }

    @Override
    void dot(int panel, float[] x, int xAt, float[] out, int outAt) {
        int groups = columns() / group;
        int at = panel * groups * PANEL;
        dot(codes, panel * columns() * PANEL, scales, offsets, at, groups, group, x, xAt, out, outAt);
    }

    private static void dot(
            byte[] codes,
            int codeAt,
            float[] scales,
            float[] offsets,
            int scaleAt,
            int groups,
            int group,
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
            int code = codeAt + g * group * PANEL;
            int in = xAt + g * group;
            for (int k = 0; k < group; k++) {
                FloatVector value = Lanes.all(x[in + k]);
                sum0 = Lanes.signedBytes(codes, code + k * PANEL)
                        .fma(scale0, offset0)
                        .fma(value, sum0);
                sum1 = Lanes.signedBytes(codes, code + k * PANEL + LANES)
                        .fma(scale1, offset1)
                        .fma(value, sum1);
            }
        }
        sum0.intoArray(out, outAt);
        sum1.intoArray(out, outAt + LANES);
    }

    @Override
    void expand(int panel, float[] into) {
        int groups = columns() / group;
        expand(codes, panel * columns() * PANEL, scales, offsets, panel * groups * PANEL, groups, group, into);
    }

    private static void expand(
            byte[] codes,
            int codeAt,
            float[] scales,
            float[] offsets,
            int scaleAt,
            int groups,
            int group,
            float[] into) {
        for (int g = 0; g < groups; g++) {
            int at = scaleAt + g * PANEL;
            FloatVector scale0 = Lanes.floats(scales, at);
            FloatVector scale1 = Lanes.floats(scales, at + LANES);
            FloatVector offset0 = Lanes.floats(offsets, at);
            FloatVector offset1 = Lanes.floats(offsets, at + LANES);
            for (int k = 0; k < group; k++) {
                int cell = (g * group + k) * PANEL;
                Lanes.signedBytes(codes, codeAt + cell).fma(scale0, offset0).intoArray(into, cell);
                Lanes.signedBytes(codes, codeAt + cell + LANES)
                        .fma(scale1, offset1)
                        .intoArray(into, cell + LANES);
            }
        }
    }
}
