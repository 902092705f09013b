package dev.touchstone.worker.engine.cpu;

import dev.touchstone.worker.engine.Shape;
import java.util.ArrayDeque;

/**
 * Pages of KV cache, {@code PAGE} positions of every layer each; freed ones are used again, unread before they are
 * written. In a page, each layer and KV head has keys (dimension, then position, so that a vector holds one dimension of
 * several positions) and then values (position, then dimension). Engine thread only.
 */
final class KvPages {

    static final int PAGE = 64;

    private final int headSize;
    private final int paddedHead;
    private final int kvHeads;
    private final int layers;
    private final int mostKept;
    private final ArrayDeque<float[]> free = new ArrayDeque<>();

    KvPages(Shape shape, int contextLength) {
        this.headSize = shape.headSize();
        this.paddedHead = Lanes.roundUp(headSize, Lanes.LANES);
        this.kvHeads = shape.kvHeads();
        this.layers = shape.layers();
        this.mostKept = Math.ceilDiv(contextLength, PAGE);
    }

    private int headFloats() {
        return PAGE * (headSize + paddedHead);
    }

    int keysAt(int layer, int kvHead) {
        return (layer * kvHeads + kvHead) * headFloats();
    }

    int valuesAt(int layer, int kvHead) {
        return keysAt(layer, kvHead) + PAGE * headSize;
    }

    int paddedHead() {
        return paddedHead;
    }

    long bytesPerPosition() {
        return 4L * layers * kvHeads * (headSize + paddedHead);
    }

    float[] take() {
        float[] page = free.poll();
        return page != null ? page : new float[layers * kvHeads * headFloats()];
    }

    void giveBack(float[] page) {
        if (free.size() < mostKept) {
            free.push(page);
        }
    }

    /** Writes the key and value of one KV head at one position. */
    void store(
            float[] page, int layer, int kvHead, int position, float[] keys, int keyAt, float[] values, int valueAt) {
        int slot = position % PAGE;
        int to = keysAt(layer, kvHead) + slot;
        for (int d = 0; d < headSize; d++) {
            page[to + d * PAGE] = keys[keyAt + d];
        }
        System.arraycopy(values, valueAt, page, valuesAt(layer, kvHead) + slot * paddedHead, headSize);
    }
}
