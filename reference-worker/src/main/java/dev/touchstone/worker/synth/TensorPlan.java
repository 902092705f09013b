package dev.touchstone.worker.synth;

import dev.touchstone.worker.model.gguf.TensorType;
import java.util.BitSet;

/**
 * One tensor to make: what it is and how its numbers are spread.
 *
 * @param stream which of the seed's streams of numbers it takes
 * @param rows 0 for a vector, which has one row and one dimension
 * @param mean, deviation of the numbers
 * @param quiet rows whose deviation is a sixteenth of that
 * @param offset bytes from the begin of the data section
 */
record TensorPlan(
        String name,
        int stream,
        TensorType type,
        int columns,
        int rows,
        float mean,
        float deviation,
        BitSet quiet,
        long offset) {
    private static final float QUIET = 1 / 16f;

    int rowCount() {
        return Math.max(1, rows);
    }

    int rowBytes() {
        return columns / type.blockSize() * type.bytesPerBlock();
    }

    long bytes() {
        return (long) rowCount() * rowBytes();
    }

    /** Fills {@code out[0, columns)} with the numbers of a row. */
    void fill(long seed, int row, float[] out) {
        Noise noise = new Noise(seed, stream);
        float spread = quiet.get(row) ? deviation * QUIET : deviation;
        long first = (long) row * columns;
        for (int c = 0; c < columns; c++) {
            out[c] = mean + spread * noise.at(first + c);
        }
    }
}
