package dev.touchstone.worker.engine.cpu;

import dev.touchstone.worker.engine.Sequence;
import java.util.Arrays;
import java.util.Objects;

/** A sequence whose cache pages are taken as it grows. */
final class CpuSequence implements Sequence {

    private final Forward forward;
    private final KvPages cache;
    private final int capacity;
    private final int vocabSize;
    private final int[] single = new int[1];
    private final float[][] pages;
    private int taken;
    private int position;
    private boolean closed;

    CpuSequence(Forward forward, KvPages cache, int capacity, int vocabSize) {
        this.forward = forward;
        this.cache = cache;
        this.capacity = capacity;
        this.vocabSize = vocabSize;
        this.pages = new float[Math.ceilDiv(capacity, KvPages.PAGE)][];
    }

    @Override
    public int position() {
        return position;
    }

    @Override
    public void prefill(int[] tokens, int from, int to, float[] logits) {
        Objects.checkFromToIndex(from, to, tokens.length);
        check(tokens, from, to, logits);
        for (int at = from; at < to; at += Forward.MOST_TOKENS) {
            int count = Math.min(Forward.MOST_TOKENS, to - at);
            step(tokens, at, count, at + count == to ? logits : NONE);
        }
    }

    private static final float[] NONE = {};

    @Override
    public void decode(int token, float[] logits) {
        single[0] = token;
        check(single, 0, 1, logits);
        step(single, 0, 1, logits);
    }

    @Override
    public int prefillGreedy(int[] tokens, int from, int to) {
        float[] logits = new float[vocabSize];
        prefill(tokens, from, to, logits);
        return likeliest(logits);
    }

    @Override
    public int decodeGreedy(int token) {
        float[] logits = new float[vocabSize];
        decode(token, logits);
        return likeliest(logits);
    }

    private static int likeliest(float[] logits) {
        int best = 0;
        for (int id = 1; id < logits.length; id++) {
            best = logits[id] > logits[best] ? id : best;
        }
        return best;
    }

    private void step(int[] tokens, int from, int count, float[] logits) {
        for (; taken * KvPages.PAGE < position + count; taken++) {
            pages[taken] = cache.take();
        }
        forward.run(tokens, from, count, position, pages, logits);
        position += count;
    }

    private void check(int[] tokens, int from, int to, float[] logits) {
        if (closed) {
            throw new IllegalStateException("The sequence is closed.");
        }
        if (to - from > capacity - position) {
            throw new IllegalStateException("%d tokens do not fit after position %d of a sequence of %d."
                    .formatted(to - from, position, capacity));
        }
        if (logits.length != 0 && logits.length != vocabSize) {
            throw new IllegalArgumentException(
                    "The array for logits has %d elements; accepted are 0 and %d.".formatted(logits.length, vocabSize));
        }
        for (int i = from; i < to; i++) {
            Objects.checkIndex(tokens[i], vocabSize);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            for (int p = 0; p < taken; p++) {
                cache.giveBack(pages[p]);
            }
            Arrays.fill(pages, NONE);
        }
    }
}
