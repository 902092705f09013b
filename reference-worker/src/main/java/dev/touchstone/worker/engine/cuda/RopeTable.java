package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.Shape;
import java.util.stream.IntStream;

/** Rotary position embedding: cosine and sine of each position and pair, computed in double as the CPU engine does. */
final class RopeTable {

    private RopeTable() {}

    static long bytes(Shape shape, int context) {
        return 8L * context * (shape.ropeSize() / 2);
    }

    /** Bytes that the table takes in device memory. */
    static long room(Shape shape, int context) {
        return Planes.room(bytes(shape, context));
    }

    /**
     * Computes some positions, on all processors.
     *
     * @param divisors divides each pair's frequency
     * @return cosine and sine by turns, {@code [positions][ropeSize / 2][2]}
     */
    static float[] compute(Shape shape, float[] divisors, int from, int positions) {
        int pairs = shape.ropeSize() / 2;
        double[] frequencies = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            frequencies[i] = StrictMath.pow(shape.ropeBase(), -2.0 * i / shape.ropeSize()) / divisors[i];
        }
        float[] table = new float[Math.multiplyExact(2 * pairs, positions)];
        IntStream.range(0, positions).parallel().forEach(row -> {
            for (int i = 0; i < pairs; i++) {
                double angle = (from + row) / shape.ropeDivisor() * frequencies[i];
                int at = 2 * (row * pairs + i);
                table[at] = (float) StrictMath.cos(angle);
                table[at + 1] = (float) StrictMath.sin(angle);
            }
        });
        return table;
    }
}
