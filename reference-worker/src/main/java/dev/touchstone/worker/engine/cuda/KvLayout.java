package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.Shape;

/**
 * How keys and values lie in a sequence's cache: {@code [layer][key, value][KV head][stride][head size]}.
 *
 * @param layers blocks of the model
 * @param kvHeads KV heads of a block
 */
record KvLayout(int layers, int kvHeads, int headSize, KvType type) {

    /** A sequence's positions are rounded up to a multiple of this, so that a KV head's rows start well aligned. */
    static final int STEP = 64;

    /** Readable bytes behind a cache, for tiles that reach over its end. */
    private static final long SPARE = 64 << 10;

    static KvLayout of(Shape shape, KvType type) {
        return new KvLayout(shape.layers(), shape.kvHeads(), shape.headSize(), type);
    }

    long bytesPerPosition() {
        return 2L * layers * kvHeads * headSize * type.bytes();
    }

    /** Positions from one KV head's rows to the next's in a cache for so many. */
    static int stride(int positions) {
        return (positions + STEP - 1) / STEP * STEP;
    }

    /** Bytes of a cache for so many positions. */
    long bytes(int positions) {
        return stride(positions) * bytesPerPosition() + SPARE;
    }
}
