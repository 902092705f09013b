package dev.touchstone.worker.engine.cpu;

import static dev.touchstone.worker.engine.cpu.Lanes.LANES;
import static dev.touchstone.worker.engine.cpu.Lanes.PANEL;

import jdk.incubator.vector.FloatVector;

/** Single-precision floats: F32, and BF16, which is widened when it is loaded. */
final class FloatMatrix extends Matrix {

    private final float[] cells;

    /** @param cells panel, column, row in panel */
    FloatMatrix(int rows, int columns, float[] cells) {
        super(rows, columns);
        this.cells = cells;
    }

    @Override
    void dot(int panel, float[] x, int xAt, float[] out, int outAt) {
        dot(cells, panel * columns() * PANEL, columns(), x, xAt, out, outAt);
    }

    private static void dot(float[] cells, int cellAt, int columns, float[] x, int xAt, float[] out, int outAt) {
        FloatVector sum0 = Lanes.zero();
        FloatVector sum1 = Lanes.zero();
        for (int k = 0; k < columns; k++) {
            FloatVector value = Lanes.all(x[xAt + k]);
            sum0 = Lanes.floats(cells, cellAt + k * PANEL).fma(value, sum0);
            sum1 = Lanes.floats(cells, cellAt + k * PANEL + LANES).fma(value, sum1);
        }
        sum0.intoArray(out, outAt);
        sum1.intoArray(out, outAt + LANES);
    }

    @Override
    void expand(int panel, float[] into) {
        int length = columns() * PANEL;
        System.arraycopy(cells, panel * length, into, 0, length);
    }
}
