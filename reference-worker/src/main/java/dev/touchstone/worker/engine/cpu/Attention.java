package dev.touchstone.worker.engine.cpu;

import static dev.touchstone.worker.engine.cpu.KvPages.PAGE;
import static dev.touchstone.worker.engine.cpu.Lanes.LANES;

import jdk.incubator.vector.FloatVector;

/** Attention of one query head over the positions up to its own. */
final class Attention {

    private Attention() {}

    /**
     * Writes q·k, scaled, for the first {@code count} positions; further ones of the last page get values without
     * meaning.
     */
    static void scores(
            float[][] pages, int keysAt, int count, float[] q, int qAt, int headSize, float scale, float[] scores) {
        for (int page = 0; page * PAGE < count; page++) {
            for (int column = 0; column < PAGE; column += 4 * LANES) {
                pageScores(pages[page], keysAt + column, q, qAt, headSize, scale, scores, page * PAGE + column);
            }
        }
    }

    private static void pageScores(
            float[] page, int keysAt, float[] q, int qAt, int headSize, float scale, float[] scores, int at) {
        FloatVector a = Lanes.zero();
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < headSize; i++) {
            FloatVector value = Lanes.all(q[qAt + i]);
            int from = keysAt + i * PAGE;
            a = Lanes.floats(page, from).fma(value, a);
            b = Lanes.floats(page, from + LANES).fma(value, b);
            c = Lanes.floats(page, from + 2 * LANES).fma(value, c);
            d = Lanes.floats(page, from + 3 * LANES).fma(value, d);
        }
        a.mul(scale).intoArray(scores, at);
        b.mul(scale).intoArray(scores, at + LANES);
        c.mul(scale).intoArray(scores, at + 2 * LANES);
        d.mul(scale).intoArray(scores, at + 3 * LANES);
    }

    /** Sums values weighted by {@code weights}, times {@code inverse}, into {@code out[0, paddedHead)}. */
    static void mix(
            float[][] pages, int valuesAt, int count, float[] weights, float inverse, int paddedHead, float[] out) {
        int at = 0;
        for (; at + 4 * LANES <= paddedHead; at += 4 * LANES) {
            mixFour(pages, valuesAt + at, count, weights, inverse, paddedHead, out, at);
        }
        for (; at < paddedHead; at += LANES) {
            mixOne(pages, valuesAt + at, count, weights, inverse, paddedHead, out, at);
        }
    }

    private static void mixFour(
            float[][] pages,
            int valuesAt,
            int count,
            float[] weights,
            float inverse,
            int stride,
            float[] out,
            int outAt) {
        FloatVector a = Lanes.zero();
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int start = 0; start < count; start += PAGE) {
            float[] page = pages[start / PAGE];
            int length = Math.min(PAGE, count - start);
            for (int i = 0; i < length; i++) {
                FloatVector weight = Lanes.all(weights[start + i]);
                int from = valuesAt + i * stride;
                a = Lanes.floats(page, from).fma(weight, a);
                b = Lanes.floats(page, from + LANES).fma(weight, b);
                c = Lanes.floats(page, from + 2 * LANES).fma(weight, c);
                d = Lanes.floats(page, from + 3 * LANES).fma(weight, d);
            }
        }
        a.mul(inverse).intoArray(out, outAt);
        b.mul(inverse).intoArray(out, outAt + LANES);
        c.mul(inverse).intoArray(out, outAt + 2 * LANES);
        d.mul(inverse).intoArray(out, outAt + 3 * LANES);
    }

    private static void mixOne(
            float[][] pages,
            int valuesAt,
            int count,
            float[] weights,
            float inverse,
            int stride,
            float[] out,
            int outAt) {
        FloatVector sum = Lanes.zero();
        for (int start = 0; start < count; start += PAGE) {
            float[] page = pages[start / PAGE];
            int length = Math.min(PAGE, count - start);
            for (int i = 0; i < length; i++) {
                sum = Lanes.floats(page, valuesAt + i * stride).fma(Lanes.all(weights[start + i]), sum);
            }
        }
        sum.mul(inverse).intoArray(out, outAt);
    }
}
