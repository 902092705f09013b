package dev.touchstone.worker.model.gguf;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a tensor's elements are stored. Ids and block layouts are those of ggml's {@code ggml_type}; elements are packed
 * in blocks of {@link #blockSize()}, and a row is a whole number of blocks.
 */
public enum TensorType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    BF16(30, 1, 2);

    private static final Map<Integer, String> UNSUPPORTED = Map.ofEntries(
            Map.entry(4, "Q4_2"),
            Map.entry(5, "Q4_3"),
            Map.entry(9, "Q8_1"),
            Map.entry(10, "Q2_K"),
            Map.entry(11, "Q3_K"),
            Map.entry(15, "Q8_K"),
            Map.entry(16, "IQ2_XXS"),
            Map.entry(17, "IQ2_XS"),
            Map.entry(18, "IQ3_XXS"),
            Map.entry(19, "IQ1_S"),
            Map.entry(20, "IQ4_NL"),
            Map.entry(21, "IQ3_S"),
            Map.entry(22, "IQ2_S"),
            Map.entry(23, "IQ4_XS"),
            Map.entry(24, "I8"),
            Map.entry(25, "I16"),
            Map.entry(26, "I32"),
            Map.entry(27, "I64"),
            Map.entry(28, "F64"),
            Map.entry(29, "IQ1_M"),
            Map.entry(31, "Q4_0_4_4"),
            Map.entry(32, "Q4_0_4_8"),
            Map.entry(33, "Q4_0_8_8"),
            Map.entry(34, "TQ1_0"),
            Map.entry(35, "TQ2_0"),
            Map.entry(36, "IQ4_NL_4_4"),
            Map.entry(37, "IQ4_NL_4_8"),
            Map.entry(38, "IQ4_NL_8_8"),
            Map.entry(39, "MXFP4"));

    private final int id;
    private final int blockSize;
    private final int bytesPerBlock;

    TensorType(int id, int blockSize, int bytesPerBlock) {
        this.id = id;
        this.blockSize = blockSize;
        this.bytesPerBlock = bytesPerBlock;
    }

    /** The number that stands for this type in a GGUF file. */
    public int id() {
        return id;
    }

    /** Elements in a block. */
    public int blockSize() {
        return blockSize;
    }

    /** Bytes of a block. */
    public int bytesPerBlock() {
        return bytesPerBlock;
    }

    /** Finds a supported type; empty for every other number. */
    public static Optional<TensorType> ofId(int id) {
        return Arrays.stream(values()).filter(type -> type.id == id).findFirst();
    }

    /** Names any type number for a message, whether or not it is supported. */
    static String describe(int id) {
        String unsupported = UNSUPPORTED.getOrDefault(id, "unknown");
        return ofId(id).map(Enum::name).orElse(unsupported) + " (" + Integer.toUnsignedString(id) + ")";
    }

    /** Lists the supported types for a message. */
    static String supported() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }
}
