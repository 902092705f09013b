package dev.touchstone.worker.generate;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The sampling chain of {@code wire.md}: repetition penalty, temperature, top_k, top_p, min_p, draw.
 *
 * <p>The draw walks the surviving tokens by rising id and takes the first whose running weight exceeds {@code u} times
 * their sum, with {@code u} from {@link Philox#uniform}. Weights are {@code exp((logit - max) / temperature)} in double
 * by {@link StrictMath}, so every platform computes the same bits. Walking by id needs no sort unless top_k or top_p do.
 */
public final class ChainSampler implements Sampler {
    private final SamplingOptions options;
    private final boolean greedy;
    private final boolean penalised;
    private final BitSet seen = new BitSet();
    private double[] weights = {};
    private long[] keys = {};

    public ChainSampler(SamplingOptions options) {
        this.options = options;
        this.greedy = options.temperature() == 0 || options.topK() == 1 || options.topP() == 0;
        this.penalised = options.repetitionPenalty() != 1.0;
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
        int n = logits.length;
        if (weights.length != n) {
            weights = new double[n];
        }
        double sum = 0;
        for (int id = 0; id < n; id++) {
            weights[id] = StrictMath.exp(((double) logits[id] - max) / options.temperature());
            sum += weights[id];
        }
        if ((options.topK() > 0 && options.topK() < n) || options.topP() < 1) {
            sum = keepLikeliest(logits);
        }
        if (options.minP() > 0) {
            sum = dropUnlikely(options.minP());
        }
        return pick(Philox.uniform(options.seed(), position) * sum);
    }

    /** Zeroes the weights outside top_k and top_p; the order is by falling logit, ties by rising id. */
    private double keepLikeliest(float[] logits) {
        int n = logits.length;
        if (keys.length != n) {
            keys = new long[n];
        }
        for (int id = 0; id < n; id++) {
            int bits = Float.floatToIntBits(logits[id] + 0f);
            int ordered = bits ^ ((bits >> 31) & 0x7FFFFFFF);
            // Sorting rises, so falling logit and rising id need both complemented and plain halves.
            keys[id] = ((long) ~ordered << 32) | id;
        }
        Arrays.sort(keys);
        int kept = options.topK() > 0 ? Math.min(options.topK(), n) : n;
        double total = 0;
        for (int i = 0; i < kept; i++) {
            total += weights[(int) keys[i]];
        }
        double sum = 0;
        int end = 0;
        while (end < kept && (end == 0 || options.topP() >= 1 || sum < options.topP() * total)) {
            sum += weights[(int) keys[end++]];
        }
        for (int i = end; i < n; i++) {
            weights[(int) keys[i]] = 0;
        }
        return sumById();
    }

    /** The likeliest token's weight is 1 by construction, so min_p is a threshold on the weight itself. */
    private double dropUnlikely(double minP) {
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] < minP) {
                weights[id] = 0;
            }
        }
        return sumById();
    }

    private double sumById() {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        return sum;
    }

    private int pick(double threshold) {
        double running = 0;
        int last = 0;
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] > 0) {
                running += weights[id];
                last = id;
                if (running > threshold) {
                    return id;
                }
            }
        }
        return last;
    }
}
