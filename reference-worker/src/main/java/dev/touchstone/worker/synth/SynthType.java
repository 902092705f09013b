package dev.touchstone.worker.synth;

import dev.touchstone.worker.model.gguf.TensorType;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a file's matrices are stored as, with llama.cpp's number for {@code general.file_type}. Every matrix of a plain
 * type has that type, the embedding too, so that a file exercises one type as far as it goes. The mixed ones follow
 * {@code llama-quantize}: embedding Q6_K, and Q6_K for the value and down projections of the layers that "use more
 * bits". A row that is no multiple of 256 falls back as there: Q4_K to Q5_0, Q5_K to Q5_1, Q6_K to Q8_0.
 */
public enum SynthType {
    F32(0, TensorType.F32),
    F16(1, TensorType.F16),
    BF16(32, TensorType.BF16),
    Q4_0(2, TensorType.Q4_0),
    Q4_1(3, TensorType.Q4_1),
    Q5_0(8, TensorType.Q5_0),
    Q5_1(9, TensorType.Q5_1),
    Q8_0(7, TensorType.Q8_0),
    Q4_K_M(15, TensorType.Q4_K),
    Q5_K_M(17, TensorType.Q5_K),
    Q6_K(18, TensorType.Q6_K);

    private final int fileType;
    private final TensorType base;

    SynthType(int fileType, TensorType base) {
        this.fileType = fileType;
        this.base = base;
    }

    /** Finds a type by its name, in upper case. */
    public static Optional<SynthType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /** All names, for a message. */
    public static String names() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }

    int fileType() {
        return fileType;
    }

    TensorType ofEmbedding(int columns) {
        return fitting(isMixed() ? TensorType.Q6_K : base, columns);
    }

    /** @param sensitive whether the matrix is a value or down projection */
    TensorType ofMatrix(boolean sensitive, int layer, int layers, int columns) {
        boolean more = isMixed() && sensitive && usesMoreBits(layer, layers);
        return fitting(more ? TensorType.Q6_K : base, columns);
    }

    private boolean isMixed() {
        return this == Q4_K_M || this == Q5_K_M;
    }

    private static boolean usesMoreBits(int layer, int layers) {
        return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
    }

    private static TensorType fitting(TensorType wanted, int columns) {
        if (columns % wanted.blockSize() == 0) {
            return wanted;
        }
        return switch (wanted) {
            case Q4_K -> TensorType.Q5_0;
            case Q5_K -> TensorType.Q5_1;
            case Q6_K -> TensorType.Q8_0;
            default -> throw new IllegalArgumentException("Rows of %d do not fit %s.".formatted(columns, wanted));
        };
    }
}
