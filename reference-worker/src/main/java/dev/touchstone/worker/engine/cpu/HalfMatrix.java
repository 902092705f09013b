package dev.touchstone.worker.engine.cpu;

import static dev.touchstone.worker.engine.cpu.Lanes.LANES;
import static dev.touchstone.worker.engine.cpu.Lanes.PANEL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** IEEE half-precision floats: F16. Infinities and NaN do not occur in weights and are refused by the loader. */
final class HalfMatrix extends Matrix {

    /** Sign, exponent and fraction of a half after a shift by 13: the exponent is then short of 112, exactly. */
    private static final int KEPT_BITS = 0x8FFFE000;

    private static final float REBIAS = 0x1p112f;

    private final short[] codes;

    /** @param codes panel, column, row in panel */
    HalfMatrix(int rows, int columns, short[] codes) {
        super(rows, columns);
        this.codes = codes;
    }

    @Override
    void dot(int panel, float[] x, int xAt, float[] out, int outAt) {
        dot(codes, panel * columns() * PANEL, columns(), x, xAt, out, outAt);
    }

    private static void dot(short[] codes, int codeAt, int columns, float[] x, int xAt, float[] out, int outAt) {
        FloatVector sum0 = Lanes.zero();
        FloatVector sum1 = Lanes.zero();
        for (int k = 0; k < columns; k++) {
            FloatVector value = Lanes.all(x[xAt + k]);
            sum0 = widen(codes, codeAt + k * PANEL).fma(value, sum0);
            sum1 = widen(codes, codeAt + k * PANEL + LANES).fma(value, sum1);
        }
        sum0.intoArray(out, outAt);
        sum1.intoArray(out, outAt + LANES);
    }

    private static FloatVector widen(short[] codes, int at) {
        IntVector half = Lanes.signedShorts(codes, at);
        return half.lanewise(VectorOperators.LSHL, 13)
                .and(KEPT_BITS)
                .reinterpretAsFloats()
                .mul(REBIAS);
    }

    @Override
    void expand(int panel, float[] into) {
        expand(codes, panel * columns() * PANEL, columns() * PANEL, into);
    }

    private static void expand(short[] codes, int codeAt, int cells, float[] into) {
        for (int cell = 0; cell < cells; cell += LANES) {
            widen(codes, codeAt + cell).intoArray(into, cell);
        }
    }
}
