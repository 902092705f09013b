package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.model.gguf.TensorType;

/**
 * Bytes of a matrix's planes in device memory, re-tiled from GGUF blocks so that quants, high bits and scales can each be
 * read in whole vectors; together they take what the file takes.
 *
 * @param quants elements or quantized codes
 * @param highs fifth bits, 0 where the type has none
 * @param scales block scales, 0 where they lie within {@code quants}
 */
record Planes(long quants, long highs, long scales) {

    /** Every plane starts at a multiple of this, and as many bytes behind it may be read. */
    static final long ALIGNMENT = 256;

    static Planes of(TensorType type, int rows, int columns) {
        long blocks = (long) rows * (columns / type.blockSize());
        return switch (type) {
            case F32, F16, BF16, Q4_K, Q5_K -> new Planes(blocks * type.bytesPerBlock(), 0, 0);
            case Q4_0 -> new Planes(blocks * 16, 0, blocks * 2);
            case Q4_1 -> new Planes(blocks * 16, 0, blocks * 4);
            case Q5_0 -> new Planes(blocks * 16, blocks * 4, blocks * 2);
            case Q5_1 -> new Planes(blocks * 16, blocks * 4, blocks * 4);
            case Q8_0 -> new Planes(blocks * 32, 0, blocks * 2);
            case Q6_K -> new Planes(blocks * 208, 0, blocks * 2);
        };
    }

    /** Whether the planes hold a tensor's bytes just as the file does. */
    static boolean asStored(TensorType type) {
        return switch (type) {
            case F32, F16, BF16, Q4_K, Q5_K -> true;
            case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q6_K -> false;
        };
    }

    /** Bytes that all planes take, with alignment and the room behind each. */
    long room() {
        return room(quants) + room(highs) + room(scales);
    }

    /** Bytes to set apart for this many. */
    static long room(long bytes) {
        return bytes == 0 ? 0 : (bytes + ALIGNMENT + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
