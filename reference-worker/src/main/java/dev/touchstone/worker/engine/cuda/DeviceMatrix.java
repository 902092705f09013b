package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.model.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A weight matrix in device memory, as kernels take it by value: {@code y[rows] = W[rows x columns] . x[columns]}.
 *
 * @param quants address of the plane of elements or codes
 * @param highs address of the plane of fifth bits, 0 where there is none
 * @param scales address of the plane of scales, 0 where there is none
 */
record DeviceMatrix(long quants, long highs, long scales, TensorType type, int rows, int columns) {

    /** Bytes of the kernels' {@code struct Matrix}. */
    static final int STRUCT_BYTES = 40;

    /** Writes the struct; {@code at} is a multiple of 8. */
    void write(MemorySegment to, long at) {
        to.set(ValueLayout.JAVA_LONG, at, quants);
        to.set(ValueLayout.JAVA_LONG, at + 8, highs);
        to.set(ValueLayout.JAVA_LONG, at + 16, scales);
        to.set(ValueLayout.JAVA_INT, at + 24, type.id());
        to.set(ValueLayout.JAVA_INT, at + 28, rows);
        to.set(ValueLayout.JAVA_INT, at + 32, columns);
        to.set(ValueLayout.JAVA_INT, at + 36, 0);
    }
}
