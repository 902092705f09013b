package dev.touchstone.worker.engine;

import dev.touchstone.worker.model.gguf.GgufMetadata;
import java.util.List;
import java.util.Optional;

/**
 * The sizes and constants of a model, as its metadata names them.
 *
 * @param halfSplitRope whether rotary pairs are (i, i + n/2), as in qwen2, or neighbours, as in llama's permuted weights
 * @param ropeDivisor what positions are divided by (linear scaling); 1 is none
 */
public record Shape(
        String architecture,
        int layers,
        int hidden,
        int heads,
        int kvHeads,
        int headSize,
        int feedForward,
        int context,
        float epsilon,
        boolean halfSplitRope,
        int ropeSize,
        double ropeBase,
        double ropeDivisor) {

    private static final List<String> ARCHITECTURES = List.of("llama", "qwen2");

    public int queryWidth() {
        return heads * headSize;
    }

    public int kvWidth() {
        return kvHeads * headSize;
    }

    /**
     * The context length to use.
     *
     * @param wanted 1 to the model's own, or 0 for that
     * @throws ModelLoadException if it is anything else
     */
    public int context(int wanted) throws ModelLoadException {
        if (wanted < 0 || wanted > context) {
            throw new ModelLoadException("The context length is %d; accepted are 1 to %d, the model's own, or 0 for it."
                    .formatted(wanted, context));
        }
        return wanted == 0 ? context : wanted;
    }

    /**
     * Reads the metadata.
     *
     * @throws ModelLoadException if the architecture is not known, or a size is missing, out of its range or at odds with another
     */
    public static Shape read(GgufMetadata metadata) throws ModelLoadException {
        String arch = metadata.string("general.architecture").orElse("(none)");
        if (!ARCHITECTURES.contains(arch)) {
            throw new ModelLoadException("general.architecture is '%s'; accepted are llama and qwen2.".formatted(arch));
        }
        Reader reader = new Reader(metadata, arch + ".");
        int hidden = reader.size("embedding_length", Optional.empty());
        int heads = reader.size("attention.head_count", Optional.empty());
        int kvHeads = reader.size("attention.head_count_kv", Optional.of(heads));
        int headSize = reader.size("attention.key_length", Optional.of(hidden / heads));
        int ropeSize = reader.size("rope.dimension_count", Optional.of(headSize));
        if (heads % kvHeads != 0 || ropeSize > headSize || ropeSize % 2 != 0) {
            throw new ModelLoadException(
                    "%d heads on %d KV heads with %d of %d rotary dimensions do not fit together; heads must be a multiple of KV heads and the rotary dimensions even."
                            .formatted(heads, kvHeads, ropeSize, headSize));
        }
        if (reader.size("attention.value_length", Optional.of(headSize)) != headSize) {
            throw new ModelLoadException("Keys and values of different lengths are not supported.");
        }
        return new Shape(
                arch,
                reader.size("block_count", Optional.empty()),
                hidden,
                heads,
                kvHeads,
                headSize,
                reader.size("feed_forward_length", Optional.empty()),
                reader.size("context_length", Optional.empty()),
                (float) reader.real("attention.layer_norm_rms_epsilon", 1e-5),
                arch.equals("qwen2"),
                ropeSize,
                reader.real("rope.freq_base", 10_000),
                reader.ropeDivisor());
    }

    private record Reader(GgufMetadata metadata, String prefix) {

        int size(String key, Optional<Integer> otherwise) throws ModelLoadException {
            if (otherwise.isPresent() && metadata.integer(prefix + key).isEmpty()) {
                return otherwise.get();
            }
            long value = metadata.integer(prefix + key).orElse(0);
            if (value < 1 || value > 1 << 24) {
                throw new ModelLoadException(
                        "Metadata %s%s is missing or not a number from 1 to 16777216.".formatted(prefix, key));
            }
            return (int) value;
        }

        double real(String key, double otherwise) throws ModelLoadException {
            double value = metadata.real(prefix + key).orElse(otherwise);
            if (!(value > 0) || Double.isInfinite(value)) {
                throw new ModelLoadException("Metadata %s%s is %s; it must be above 0.".formatted(prefix, key, value));
            }
            return value;
        }

        double ropeDivisor() throws ModelLoadException {
            String scaling = metadata.string(prefix + "rope.scaling.type").orElse("none");
            return switch (scaling) {
                case "none" -> 1;
                case "linear" -> real("rope.scaling.factor", 1);
                default ->
                    throw new ModelLoadException("Metadata %srope.scaling.type is '%s'; accepted are none and linear."
                            .formatted(prefix, scaling));
            };
        }
    }
}
