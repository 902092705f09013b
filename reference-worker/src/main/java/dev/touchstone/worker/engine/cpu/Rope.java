package dev.touchstone.worker.engine.cpu;

import dev.touchstone.worker.engine.Shape;
import java.util.Arrays;

/** Rotary position embedding; angles are computed in double and grow with the positions asked for. */
final class Rope {

    private final Shape shape;
    private final float[] divisors;
    private float[] cosines = new float[0];
    private float[] sines = new float[0];

    Rope(Shape shape, float[] divisors) {
        this.shape = shape;
        this.divisors = divisors;
    }

    /** Makes the tables reach {@code positions}. Engine thread only. */
    void reach(int positions) {
        int pairs = shape.ropeSize() / 2;
        int known = cosines.length / pairs;
        if (positions <= known) {
            return;
        }
        int wanted = Math.max(positions, Math.min(2 * known, shape.context()));
        cosines = Arrays.copyOf(cosines, wanted * pairs);
        sines = Arrays.copyOf(sines, wanted * pairs);
        for (int position = known; position < wanted; position++) {
            for (int i = 0; i < pairs; i++) {
                double frequency = StrictMath.pow(shape.ropeBase(), -2.0 * i / shape.ropeSize()) / divisors[i];
                double angle = position / shape.ropeDivisor() * frequency;
                cosines[position * pairs + i] = (float) StrictMath.cos(angle);
                sines[position * pairs + i] = (float) StrictMath.sin(angle);
            }
        }
    }

    /** Rotates one head in place. */
    void rotate(float[] head, int at, int position) {
        int pairs = shape.ropeSize() / 2;
        int table = position * pairs;
        int step = shape.halfSplitRope() ? 1 : 2;
        int partner = shape.halfSplitRope() ? pairs : 1;
        for (int i = 0; i < pairs; i++) {
            int first = at + i * step;
            float a = head[first];
            float b = head[first + partner];
            float cos = cosines[table + i];
            float sin = sines[table + i];
            head[first] = a * cos - b * sin;
            head[first + partner] = a * sin + b * cos;
        }
    }
}
