package dev.touchstone.worker.generate;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The sampling chain of {@code wire.md}: repetition penalty, temperature, top_k, top_p, min_p, draw.
 *
 * <p>The draw walks the surviving tokens by rising id and takes the first whose running weight exceeds {@code u} times
 * their sum, with {@code u} from {@link Philox#uniform}. Weights are {@code exp((logit - max) / temperature)} in double
 * by {@link StableExp}, so every platform computes the same bits. Walking by id needs no sort unless top_k or top_p do,
 * and they sort no more than they keep. With top_k only the kept tokens are weighed.
 */
public final class ChainSampler implements Sampler {
    private final SamplingOptions options;
    private final boolean greedy;
    private final boolean penalised;
    private final BitSet seen = new BitSet();
    private final Ranking ranking = new Ranking();
    private double[] weights = {};
    private int[] ids = {};

    public ChainSampler(SamplingOptions options) {
        this.options = options;
        this.greedy = options.temperature() == 0 || options.topK() == 1 || options.topP() == 0;
        this.penalised = options.repetitionPenalty() != 1.0;
    }

    @Override
    public boolean isGreedy() {
        return greedy && !penalised;
    }

    @Override
    public void seen(int token) {
        if (penalised) {
            seen.set(token);
        }
    }

    @Override
    public int choose(float[] logits, int position) {
        if (penalised) {
            penalise(logits);
        }
        int best = argmax(logits);
        int chosen = greedy ? best : draw(logits, logits[best], position);
        seen(chosen);
        return chosen;
    }

    private void penalise(float[] logits) {
        double penalty = options.repetitionPenalty();
        for (int id = seen.nextSetBit(0); id >= 0; id = seen.nextSetBit(id + 1)) {
            float logit = logits[id];
            logits[id] = (float) (logit > 0 ? logit / penalty : logit * penalty);
        }
    }

    private static int argmax(float[] logits) {
        int best = 0;
        for (int id = 1; id < logits.length; id++) {
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }

    private int draw(float[] logits, float max, int position) {
        if (weights.length != logits.length) {
            weights = new double[logits.length];
            ids = new int[logits.length];
        }
        int kept = keep(logits, max);
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            // The likeliest token's weight is 1, so min_p is a threshold on the weight itself.
            int id = ids[i];
            weights[id] = weights[id] < options.minP() ? 0 : weights[id];
            sum += weights[id];
        }
        return pick(kept, Philox.uniform(options.seed(), position) * sum);
    }

    /** Puts the ids that top_k and top_p keep into {@link #ids}, rising, and weighs them. Returns how many. */
    private int keep(float[] logits, float max) {
        int most = options.topK() > 0 ? Math.min(options.topK(), logits.length) : logits.length;
        boolean cut = most < logits.length || options.topP() < 1;
        if (cut) {
            ranking.rank(logits);
        }
        double total = 0;
        for (int i = 0; i < most; i++) {
            int id = most < logits.length ? ranking.at(i) : i;
            ids[i] = id;
            weights[id] = StableExp.of(((double) logits[id] - max) / options.temperature());
            total += weights[id];
        }
        int kept = options.topP() < 1 ? nucleus(most, options.topP() * total) : most;
        if (cut) {
            Arrays.sort(ids, 0, kept);
        }
        return kept;
    }

    /** The smallest set of likeliest tokens whose weight reaches the wanted one, never fewer than one. */
    private int nucleus(int most, double wanted) {
        double sum = 0;
        int kept = 0;
        while (kept < most && (kept == 0 || sum < wanted)) {
            int id = ranking.at(kept);
            ids[kept++] = id;
            sum += weights[id];
        }
        return kept;
    }

    private int pick(int kept, double threshold) {
        double running = 0;
        int last = ids[0];
        for (int i = 0; i < kept; i++) {
            double weight = weights[ids[i]];
            if (weight > 0) {
                running += weight;
                last = ids[i];
                if (running > threshold) {
                    return last;
                }
            }
        }
        return last;
    }
}
