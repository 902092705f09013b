package dev.touchstone.worker.generate;

/** Chooses tokens for one job. Not thread-safe. */
public interface Sampler {

    /** Whether every choice is the likeliest token of the logits as they are, of ties the lowest. */
    boolean isGreedy();

    /** Tells the sampler of a token in the prompt, for the repetition penalty. */
    void seen(int token);

    /**
     * Chooses a token and counts it as seen. The draw depends on nothing but seed, position and logits.
     *
     * @param logits modified in place
     * @param position of the token that is chosen, counted from the prompt's start
     */
    int choose(float[] logits, int position);
}
