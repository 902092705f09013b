package dev.touchstone.worker.synth;

import dev.touchstone.worker.model.gguf.TensorType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * All tensors of a model, laid out one after another. Weights have the deviation 1/√(row length), so a layer neither
 * swells nor shrinks what it reads; the residual stream grows to a few times 1, so the last token's own embedding, which
 * is also its row of the output, does not make it repeat itself. The query's weights are twice as large, which makes
 * attention choose without choosing one position only. Norms are near 1 and the last one near 4, so logits have the
 * deviation 4: some tokens are likely, none certain.
 */
final class Blueprint {
    static final int ALIGNMENT = 32;
    private static final float NORM_SPREAD = 0.1f;
    private static final float BIAS_SPREAD = 0.2f;
    private static final float LAST_NORM = 4;

    private final SynthShape shape;
    private final SynthType type;
    private final List<TensorPlan> tensors = new ArrayList<>();
    private long end;

    private Blueprint(SynthShape shape, SynthType type) {
        this.shape = shape;
        this.type = type;
    }

    /** @param quiet ids of tokens that the model should hardly ever choose */
    static List<TensorPlan> of(SynthShape shape, SynthType type, BitSet quiet) {
        Blueprint blueprint = new Blueprint(shape, type);
        blueprint.draw(quiet);
        return List.copyOf(blueprint.tensors);
    }

    private void draw(BitSet quiet) {
        int hidden = shape.hidden();
        add("token_embd.weight", type.ofEmbedding(hidden), hidden, shape.vocabSize(), 0, spread(hidden), quiet);
        for (int layer = 0; layer < shape.layers(); layer++) {
            attention("blk." + layer + ".", layer);
            feedForward("blk." + layer + ".", layer);
        }
        vector("output_norm.weight", hidden, LAST_NORM, LAST_NORM * NORM_SPREAD);
    }

    private void attention(String prefix, int layer) {
        int hidden = shape.hidden();
        vector(prefix + "attn_norm.weight", hidden, 1, NORM_SPREAD);
        matrix(prefix + "attn_q.weight", layer, hidden, shape.queryWidth(), 2 * spread(hidden));
        matrix(prefix + "attn_k.weight", layer, hidden, shape.kvWidth(), spread(hidden));
        matrix(prefix + "attn_v.weight", layer, hidden, shape.kvWidth(), spread(hidden));
        if (shape.hasBiases()) {
            vector(prefix + "attn_q.bias", shape.queryWidth(), 0, BIAS_SPREAD);
            vector(prefix + "attn_k.bias", shape.kvWidth(), 0, BIAS_SPREAD);
            vector(prefix + "attn_v.bias", shape.kvWidth(), 0, BIAS_SPREAD);
        }
        matrix(prefix + "attn_output.weight", layer, shape.queryWidth(), hidden, spread(shape.queryWidth()));
    }

    private void feedForward(String prefix, int layer) {
        int hidden = shape.hidden();
        int wide = shape.feedForward();
        vector(prefix + "ffn_norm.weight", hidden, 1, NORM_SPREAD);
        matrix(prefix + "ffn_gate.weight", layer, hidden, wide, spread(hidden));
        matrix(prefix + "ffn_up.weight", layer, hidden, wide, spread(hidden));
        matrix(prefix + "ffn_down.weight", layer, wide, hidden, spread(wide));
    }

    private static float spread(int rowLength) {
        return (float) (1 / Math.sqrt(rowLength));
    }

    private void vector(String name, int length, float mean, float deviation) {
        add(name, TensorType.F32, length, 0, mean, deviation, new BitSet());
    }

    private void matrix(String name, int layer, int columns, int rows, float deviation) {
        boolean sensitive = name.endsWith("attn_v.weight") || name.endsWith("ffn_down.weight");
        TensorType stored = type.ofMatrix(sensitive, layer, shape.layers(), columns);
        add(name, stored, columns, rows, 0, deviation, new BitSet());
    }

    private void add(String name, TensorType stored, int columns, int rows, float mean, float deviation, BitSet quiet) {
        TensorPlan plan = new TensorPlan(name, tensors.size(), stored, columns, rows, mean, deviation, quiet, end);
        tensors.add(plan);
        end = aligned(end + plan.bytes());
    }

    static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
