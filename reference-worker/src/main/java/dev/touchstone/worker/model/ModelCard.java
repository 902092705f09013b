package dev.touchstone.worker.model;

import dev.touchstone.worker.model.gguf.GgufFile;
import dev.touchstone.worker.model.gguf.GgufMetadata;
import dev.touchstone.worker.model.gguf.GgufTensor;
import dev.touchstone.worker.model.gguf.TensorType;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a model file says of itself. Counts that the file does not state are 0, texts are empty. Immutable.
 *
 * @param name for health and replies: the file's name in lower case without extension and quantization
 * @param title {@code general.name}, or {@link #name} where the file has none
 * @param parameters elements of all tensors
 * @param tensorBytes bytes of all tensors
 * @param types what is stored as which type
 * @param vocabSize number of tokens
 */
public record ModelCard(
        String name,
        String title,
        String architecture,
        long contextLength,
        long layers,
        long embeddingLength,
        long heads,
        long kvHeads,
        long vocabSize,
        String preTokenizer,
        boolean chatTemplate,
        long parameters,
        long tensorBytes,
        Map<TensorType, TypeShare> types) {
    private static final Pattern QUANTIZATION = Pattern.compile("[-._](i?q\\d[0-9a-z_]*|bf16|f16|f32|fp16|fp32)$");

    public ModelCard {
        types = Map.copyOf(types);
    }

    /** Reads the card; the file may be closed afterwards. */
    public static ModelCard of(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        String name = name(String.valueOf(file.path().getFileName()));
        String architecture = metadata.string("general.architecture").orElse("");
        Map<TensorType, TypeShare> types = new TreeMap<>();
        for (GgufTensor tensor : file.tensors()) {
            types.merge(
                    tensor.type(),
                    new TypeShare(1, tensor.elements(), tensor.data().byteSize()),
                    TypeShare::plus);
        }
        long heads = number(metadata, architecture + ".attention.head_count").orElse(0L);
        return new ModelCard(
                name,
                metadata.string("general.name").orElse(name),
                architecture,
                number(metadata, architecture + ".context_length").orElse(0L),
                number(metadata, architecture + ".block_count").orElse(0L),
                number(metadata, architecture + ".embedding_length").orElse(0L),
                heads,
                number(metadata, architecture + ".attention.head_count_kv").orElse(heads),
                metadata.strings("tokenizer.ggml.tokens")
                        .map(tokens -> (long) tokens.size())
                        .orElse(0L),
                metadata.string("tokenizer.ggml.pre").orElse(""),
                metadata.string("tokenizer.chat_template").isPresent(),
                types.values().stream().mapToLong(TypeShare::elements).sum(),
                types.values().stream().mapToLong(TypeShare::bytes).sum(),
                types);
    }

    /** Makes the name from a file's: {@code SmolLM2-135M-Instruct-Q4_1.gguf} gives {@code smollm2-135m-instruct}. */
    public static String name(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        String stem = lower.endsWith(".gguf") ? lower.substring(0, lower.length() - 5) : lower;
        String bare = QUANTIZATION.matcher(stem).replaceFirst("");
        return bare.isEmpty() ? stem : bare;
    }

    private static Optional<Long> number(GgufMetadata metadata, String key) {
        return metadata.integer(key).stream().boxed().findFirst();
    }

    /** How much of a model is stored as one type. */
    public record TypeShare(long tensors, long elements, long bytes) {
        TypeShare plus(TypeShare more) {
            return new TypeShare(tensors + more.tensors, elements + more.elements, bytes + more.bytes);
        }
    }
}
