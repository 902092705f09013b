package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.Sequence;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** A sequence whose keys and values lie in VRAM. */
final class CudaSequence implements Sequence {

    private static final float[] NONE = {};

    private final StepRunner runner;
    private final KvCache cache;
    private final Consumer<KvCache> giveBack;
    private final int capacity;
    private final int vocabSize;
    private final Optional<CudaSequence> itself = Optional.of(this);
    private int position;
    private boolean closed;

    CudaSequence(StepRunner runner, KvCache cache, Consumer<KvCache> giveBack, int capacity, int vocabSize) {
        this.runner = runner;
        this.cache = cache;
        this.giveBack = giveBack;
        this.capacity = capacity;
        this.vocabSize = vocabSize;
    }

    @Override
    public int position() {
        return position;
    }

    int capacity() {
        return capacity;
    }

    /** Positions from one KV head's rows to the next's. */
    int stride() {
        return KvLayout.stride(capacity);
    }

    long cacheAddress() {
        return cache.address();
    }

    /** Made once, so that no step allocates. */
    Optional<CudaSequence> itself() {
        return itself;
    }

    @Override
    public void prefill(int[] tokens, int from, int to, float[] logits) {
        check(tokens, from, to);
        checkLogits(logits, 0);
        int at = from;
        for (; to - at > ScratchLayout.MOST_TOKENS; at += ScratchLayout.MOST_TOKENS) {
            part(tokens, at, ScratchLayout.MOST_TOKENS, NONE);
        }
        if (at < to) {
            part(tokens, at, to - at, logits);
        }
    }

    private void part(int[] tokens, int from, int count, float[] logits) {
        runner.prefill(this, tokens, from, count, logits);
        position += count;
    }

    @Override
    public void decode(int token, float[] logits) {
        check(token);
        checkLogits(logits, vocabSize);
        runner.decode(this, token, logits);
        position++;
    }

    @Override
    public boolean choosesOnDevice() {
        return true;
    }

    @Override
    public int prefillGreedy(int[] tokens, int from, int to) {
        check(tokens, from, to);
        Objects.checkIndex(from, to);
        int at = from;
        for (; to - at > ScratchLayout.MOST_TOKENS; at += ScratchLayout.MOST_TOKENS) {
            part(tokens, at, ScratchLayout.MOST_TOKENS, NONE);
        }
        int next = runner.prefillGreedy(this, tokens, at, to - at);
        position += to - at;
        return next;
    }

    @Override
    public int decodeGreedy(int token) {
        check(token);
        int next = runner.decodeGreedy(this, token);
        position++;
        return next;
    }

    private void check(int[] tokens, int from, int to) {
        Objects.checkFromToIndex(from, to, tokens.length);
        checkRoom(to - from);
        for (int i = from; i < to; i++) {
            Objects.checkIndex(tokens[i], vocabSize);
        }
    }

    private void check(int token) {
        checkRoom(1);
        Objects.checkIndex(token, vocabSize);
    }

    private void checkRoom(int count) {
        if (closed) {
            throw new IllegalStateException("The sequence is closed.");
        }
        if (count > capacity - position) {
            throw new IllegalStateException(
                    "%d tokens do not fit after position %d of a sequence of %d.".formatted(count, position, capacity));
        }
    }

    private void checkLogits(float[] logits, int otherLength) {
        if (logits.length != vocabSize && logits.length != otherLength) {
            throw new IllegalArgumentException(
                    "The array for logits has %d elements; accepted is %d.".formatted(logits.length, vocabSize));
        }
    }

    /** Gives the cache back; a step that ran ahead still ends before anything that is launched later. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            giveBack.accept(cache);
        }
    }
}
