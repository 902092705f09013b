package dev.touchstone.worker.engine;

/**
 * Runs one model. The engine belongs to the engine thread: no method is safe to call from another, {@link #facts()}
 * excepted. A token's logits depend on nothing but the tokens before it: never on chunking, history or load.
 */
public interface Engine extends AutoCloseable {

    /** Facts for health and errors; immutable, safe from any thread. */
    EngineFacts facts();

    /**
     * Takes a KV cache for one sequence.
     *
     * @param capacity positions, 1 to {@link EngineFacts#contextLength()}
     */
    Sequence open(int capacity);

    @Override
    void close();
}
