package dev.touchstone.worker.synth;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The sizes and constants of a model to make; token embedding and output are always one matrix. The listed ones are
 * those of the published models' own configuration files.
 *
 * @param architecture {@code qwen2} (with biases of query, key and value) or {@code llama} (without)
 * @param hidden, feedForward lengths of rows; multiples of 32
 */
public record SynthShape(
        String name,
        String architecture,
        int layers,
        int hidden,
        int heads,
        int kvHeads,
        int headSize,
        int feedForward,
        int vocabSize,
        int context,
        double ropeBase,
        double epsilon) {

    private static final List<SynthShape> KNOWN = List.of(
            new SynthShape("qwen2.5-0.5b", "qwen2", 24, 896, 14, 2, 64, 4_864, 151_936, 32_768, 1e6, 1e-6),
            new SynthShape("qwen2.5-1.5b", "qwen2", 28, 1_536, 12, 2, 128, 8_960, 151_936, 32_768, 1e6, 1e-6),
            new SynthShape("llama-3.2-1b", "llama", 16, 2_048, 32, 8, 64, 8_192, 128_256, 131_072, 5e5, 1e-5),
            new SynthShape("smollm2-135m", "llama", 30, 576, 9, 3, 64, 1_536, 49_152, 8_192, 1e5, 1e-5));

    public SynthShape {
        if (!architecture.equals("qwen2") && !architecture.equals("llama")) {
            throw new IllegalArgumentException(
                    "The architecture is %s; accepted are qwen2 and llama.".formatted(architecture));
        }
        if (layers < 1 || heads < 1 || kvHeads < 1 || heads % kvHeads != 0 || headSize < 2 || headSize % 2 != 0) {
            throw new IllegalArgumentException(
                    "%d layers, %d heads on %d KV heads of %d do not make a model; heads must be a multiple of KV heads and a head even."
                            .formatted(layers, heads, kvHeads, headSize));
        }
        if (hidden < 32
                || hidden % 32 != 0
                || feedForward < 32
                || feedForward % 32 != 0
                || heads * headSize % 32 != 0) {
            throw new IllegalArgumentException(
                    "Rows of %d, %d and %d elements do not fit blocks; accepted are positive multiples of 32."
                            .formatted(hidden, feedForward, heads * headSize));
        }
    }

    /** Finds a listed shape by its name. */
    public static Optional<SynthShape> named(String name) {
        return KNOWN.stream().filter(shape -> shape.name.equals(name)).findFirst();
    }

    /** The listed names, for a message. */
    public static String names() {
        return KNOWN.stream().map(SynthShape::name).collect(Collectors.joining(", "));
    }

    boolean hasBiases() {
        return architecture.equals("qwen2");
    }

    int queryWidth() {
        return heads * headSize;
    }

    int kvWidth() {
        return kvHeads * headSize;
    }
}
