package dev.touchstone.worker.engine;

/**
 * Runs one model. The engine belongs to the engine thread: no method is safe to call from another, {@link #facts()} and
 * {@link #vramBytesUsed()} excepted. A token's logits depend on nothing but the tokens before it: never on chunking,
 * history or load.
 */
public interface Engine extends AutoCloseable {

    /** Facts for health and errors; immutable, safe from any thread. */
    EngineFacts facts();

    /**
     * Bytes of VRAM that this process uses, as the driver tells it; at most about a second old, except after a time in
     * which nobody asked. 0 on the CPU engine. Safe from any thread, and never waits for the engine or the driver.
     */
    default long vramBytesUsed() {
        return 0;
    }

    /**
     * Runs some prompts and steps on scratch sequences, so that the first job meets warm code. It changes no later
     * result.
     */
    default void warmUp() {}

    /**
     * Takes a KV cache for one sequence.
     *
     * @param capacity positions, 1 to {@link EngineFacts#contextLength()}
     * @throws DeviceFailure if the device has failed or has no memory for it
     */
    Sequence open(int capacity);

    @Override
    void close();
}
