package dev.touchstone.worker.engine.cpu;

import static dev.touchstone.worker.engine.cpu.Lanes.PANEL;

/**
 * A weight matrix, {@code rows} outputs by {@code columns} inputs, packed in panels: {@code PANEL} consecutive rows, stored
 * column after column. The last panel is filled up with rows of zeros. Immutable after loading; safe from any thread.
 */
abstract sealed class Matrix permits ByteMatrix, OffsetByteMatrix, NibbleMatrix, HalfMatrix, FloatMatrix {

    private final int rows;
    private final int columns;

    Matrix(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    final int rows() {
        return rows;
    }

    final int columns() {
        return columns;
    }

    final int panels() {
        return Math.ceilDiv(rows, PANEL);
    }

    /** Rows including the zeros of the last panel: the least stride of an output. */
    final int paddedRows() {
        return panels() * PANEL;
    }

    /** Multiplies one panel with one vector: {@code PANEL} floats into {@code out[outAt..]}. */
    abstract void dot(int panel, float[] x, int xAt, float[] out, int outAt);

    /** Writes one panel as floats, {@code columns} times {@code PANEL}; exactly the values that {@link #dot} multiplies. */
    abstract void expand(int panel, float[] into);

    /**
     * Multiplies panels {@code [from, to)} with {@code tokens} vectors.
     *
     * @param x vectors of {@code columns} floats, {@code xStride} apart, the first at {@code xAt}
     * @param out results, {@code outStride} apart, row r of the first at {@code outAt + r}
     * @param scratch at least {@code columns * PANEL} floats of this thread; used only for more than one token
     */
    final void multiply(
            int from,
            int to,
            float[] x,
            int xAt,
            int xStride,
            int tokens,
            float[] out,
            int outAt,
            int outStride,
            float[] scratch) {
        for (int panel = from; panel < to; panel++) {
            if (tokens == 1) {
                dot(panel, x, xAt, out, outAt + panel * PANEL);
            } else {
                expand(panel, scratch);
                Tiles.multiply(scratch, columns, x, xAt, xStride, tokens, out, outAt + panel * PANEL, outStride);
            }
        }
    }

    /** Writes one row as floats. */
    final void row(int row, float[] into, int at, float[] scratch) {
        expand(row / PANEL, scratch);
        int lane = row % PANEL;
        for (int k = 0; k < columns; k++) {
            into[at + k] = scratch[k * PANEL + lane];
        }
    }
}
