package dev.touchstone.worker.engine.cpu;

import static dev.touchstone.worker.engine.cpu.Lanes.LANES;
import static dev.touchstone.worker.engine.cpu.Lanes.PANEL;

import jdk.incubator.vector.FloatVector;

/** Signed 8-bit codes times a scale for every {@code group} columns of a row: Q8_0, Q6_K. */
final class ByteMatrix extends Matrix {

    private final byte[] codes;
    private final float[] scales;
    private final int group;

    /**
     * @param codes panel, column, row in panel
     * @param scales panel, group of columns, row in panel
     */
    ByteMatrix(int rows, int columns, int group, byte[] codes, float[] scales) {
        super(rows, columns);
        this.group = group;
        this.codes = codes;
        this.scales = scales;
    }

    @Override
    void dot(int panel, float[] x, int xAt, float[] out, int outAt) {
        int groups = columns() / group;
        dot(codes, panel * columns() * PANEL, scales, panel * groups * PANEL, groups, group, x, xAt, out, outAt);
    }

    private static void dot(
            byte[] codes,
            int codeAt,
            float[] scales,
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
            FloatVector scale0 = Lanes.floats(scales, scaleAt + g * PANEL);
            FloatVector scale1 = Lanes.floats(scales, scaleAt + g * PANEL + LANES);
            int code = codeAt + g * group * PANEL;
            int in = xAt + g * group;
            for (int k = 0; k < group; k++) {
                FloatVector value = Lanes.all(x[in + k]);
                sum0 = Lanes.signedBytes(codes, code + k * PANEL).mul(scale0).fma(value, sum0);
                sum1 = Lanes.signedBytes(codes, code + k * PANEL + LANES)
                        .mul(scale1)
                        .fma(value, sum1);
            }
        }
        sum0.intoArray(out, outAt);
        sum1.intoArray(out, outAt + LANES);
    }

    @Override
    void expand(int panel, float[] into) {
        int groups = columns() / group;
        expand(codes, panel * columns() * PANEL, scales, panel * groups * PANEL, groups, group, into);
    }

    private static void expand(
            byte[] codes, int codeAt, float[] scales, int scaleAt, int groups, int group, float[] into) {
        for (int g = 0; g < groups; g++) {
            FloatVector scale0 = Lanes.floats(scales, scaleAt + g * PANEL);
            FloatVector scale1 = Lanes.floats(scales, scaleAt + g * PANEL + LANES);
            int at = g * group * PANEL;
            for (int k = 0; k < group; k++) {
                int cell = at + k * PANEL;
                Lanes.signedBytes(codes, codeAt + cell).mul(scale0).intoArray(into, cell);
                Lanes.signedBytes(codes, codeAt + cell + LANES).mul(scale1).intoArray(into, cell + LANES);
            }
        }
    }
}
