package dev.touchstone.worker.engine;

/**
 * The KV cache of one sequence and its position. Not thread-safe; closing gives the cache back. Every method that
 * computes throws {@link DeviceFailure} if the device has failed.
 */
public interface Sequence extends AutoCloseable {

    /** Number of tokens taken in so far. */
    int position();

    /**
     * Takes in {@code tokens[from, to)} after what is already there. Callers split long prompts so that a cancel is seen
     * between the parts; the split does not change a bit of any logit.
     *
     * @param logits receives the logits of the last token, {@code vocabSize} floats; an empty array when none are wanted
     */
    void prefill(int[] tokens, int from, int to, float[] logits);

    /** Takes in one token and writes the logits of the next into {@code logits} ({@code vocabSize} floats). */
    void decode(int token, float[] logits);

    /**
     * Whether {@link #prefillGreedy} and {@link #decodeGreedy} cost less than the likeliest of the logits, because they
     * are never brought to the host.
     */
    default boolean choosesOnDevice() {
        return false;
    }

    /** Takes in {@code tokens[from, to)} as {@link #prefill} and returns the likeliest next token, of ties the lowest. */
    int prefillGreedy(int[] tokens, int from, int to);

    /** Takes in one token as {@link #decode} and returns the likeliest next token, of ties the lowest. */
    int decodeGreedy(int token);

    @Override
    void close();
}
