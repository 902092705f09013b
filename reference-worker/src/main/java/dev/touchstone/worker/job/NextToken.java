package dev.touchstone.worker.job;

import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.generate.Sampler;

/**
 * Takes tokens in and chooses the next: on the device where that is cheaper and the sampler asks for nothing but the
 * likeliest, else from the logits. Both ways choose the same token. Engine thread only.
 */
sealed interface NextToken {

    /**
     * Picks the way.
     *
     * @param logits as many floats as the vocabulary has tokens; overwritten
     */
    static NextToken of(Sequence sequence, Sampler sampler, float[] logits) {
        return sampler.isGreedy() && sequence.choosesOnDevice()
                ? new Likeliest(sequence)
                : new Sampled(sequence, sampler, logits);
    }

    /** Takes in the last part of a prompt. */
    void take(int[] tokens, int from, int to);

    /** Takes in a token that was chosen. */
    void take(int token);

    /**
     * Chooses the token after those taken in; once for each of them.
     *
     * @param position of the token that is chosen, counted from the prompt's start
     */
    int choose(int position);

    /** Logits are brought to the host and sampled there. */
    record Sampled(Sequence sequence, Sampler sampler, float[] logits) implements NextToken {
        @Override
        public void take(int[] tokens, int from, int to) {
            sequence.prefill(tokens, from, to, logits);
        }

        @Override
        public void take(int token) {
            sequence.decode(token, logits);
        }

        @Override
        public int choose(int position) {
            return sampler.choose(logits, position);
        }
    }

    /** The device chooses, and brings back an id. */
    final class Likeliest implements NextToken {
        private final Sequence sequence;
        private int next;

        Likeliest(Sequence sequence) {
            this.sequence = sequence;
        }

        @Override
        public void take(int[] tokens, int from, int to) {
            next = sequence.prefillGreedy(tokens, from, to);
        }

        @Override
        public void take(int token) {
            next = sequence.decodeGreedy(token);
        }

        @Override
        public int choose(int position) {
            return next;
        }
    }
}
