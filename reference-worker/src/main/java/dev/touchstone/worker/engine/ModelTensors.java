package dev.touchstone.worker.engine;

import dev.touchstone.worker.model.gguf.GgufFile;
import dev.touchstone.worker.model.gguf.GgufTensor;
import dev.touchstone.worker.model.gguf.TensorType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of a {@code llama} or {@code qwen2} model, each checked against the shape that the metadata asks for.
 *
 * @param outputNorm norm before the output
 * @param output the embedding's own tensor where the file ties them
 * @param ropeDivisors divides each rotary pair's frequency; empty where the file has none
 */
public record ModelTensors(
        GgufTensor embedding,
        List<LayerTensors> layers,
        GgufTensor outputNorm,
        GgufTensor output,
        Optional<GgufTensor> ropeDivisors) {

    /** Labels of {@code general.file_type}, as llama.cpp numbers them. */
    private static final Map<Long, String> FILE_TYPES = Map.ofEntries(
            Map.entry(0L, "F32"),
            Map.entry(1L, "F16"),
            Map.entry(2L, "Q4_0"),
            Map.entry(3L, "Q4_1"),
            Map.entry(7L, "Q8_0"),
            Map.entry(8L, "Q5_0"),
            Map.entry(9L, "Q5_1"),
            Map.entry(14L, "Q4_K_S"),
            Map.entry(15L, "Q4_K_M"),
            Map.entry(16L, "Q5_K_S"),
            Map.entry(17L, "Q5_K_M"),
            Map.entry(18L, "Q6_K"),
            Map.entry(32L, "BF16"));

    public ModelTensors {
        layers = List.copyOf(layers);
    }

    /**
     * Finds them.
     *
     * @throws ModelLoadException if one is missing, or has a shape or a type that it must not have
     */
    public static ModelTensors find(GgufFile file, Shape shape) throws ModelLoadException {
        return new Finder(file, shape).find();
    }

    /** Whether the output is the embedding. */
    public boolean isTied() {
        return output.name().equals(embedding.name());
    }

    /** The file's own label of how its weights are stored; without one, the type that holds most bytes. */
    public static String quantKind(GgufFile file) {
        Map<TensorType, Long> bytes = new EnumMap<>(TensorType.class);
        file.tensors()
                .forEach(tensor -> bytes.merge(tensor.type(), tensor.data().byteSize(), Long::sum));
        String largest = bytes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(entry -> entry.getKey().name())
                .orElse("F32");
        return FILE_TYPES.getOrDefault(
                file.metadata().integer("general.file_type").orElse(-1), largest);
    }

    private record Finder(GgufFile file, Shape shape) {

        ModelTensors find() throws ModelLoadException {
            GgufTensor embedding = embedding();
            List<LayerTensors> layers = new ArrayList<>();
            for (int l = 0; l < shape.layers(); l++) {
                layers.add(layer("blk." + l + "."));
            }
            GgufTensor output = file.tensor("output.weight").isPresent()
                    ? matrix("output.weight", shape.hidden(), (int) embedding.rows())
                    : embedding;
            Optional<GgufTensor> divisors = file.tensor("rope_freqs.weight").isPresent()
                    ? Optional.of(vector("rope_freqs.weight", shape.ropeSize() / 2))
                    : Optional.empty();
            return new ModelTensors(embedding, layers, vector("output_norm.weight", shape.hidden()), output, divisors);
        }

        private GgufTensor embedding() throws ModelLoadException {
            GgufTensor tensor = require("token_embd.weight");
            long rows = tensor.rows();
            if (rows < 1 || rows > 1 << 24) {
                throw new ModelLoadException(
                        "Tensor token_embd.weight has %d rows; accepted are 1 to 16777216.".formatted(rows));
            }
            return matrix("token_embd.weight", shape.hidden(), (int) rows);
        }

        private LayerTensors layer(String prefix) throws ModelLoadException {
            int hidden = shape.hidden();
            int query = shape.queryWidth();
            int kv = shape.kvWidth();
            return new LayerTensors(
                    vector(prefix + "attn_norm.weight", hidden),
                    matrix(prefix + "attn_q.weight", hidden, query),
                    matrix(prefix + "attn_k.weight", hidden, kv),
                    matrix(prefix + "attn_v.weight", hidden, kv),
                    bias(prefix + "attn_q.bias", query),
                    bias(prefix + "attn_k.bias", kv),
                    bias(prefix + "attn_v.bias", kv),
                    matrix(prefix + "attn_output.weight", query, hidden),
                    vector(prefix + "ffn_norm.weight", hidden),
                    matrix(prefix + "ffn_gate.weight", hidden, shape.feedForward()),
                    matrix(prefix + "ffn_up.weight", hidden, shape.feedForward()),
                    matrix(prefix + "ffn_down.weight", shape.feedForward(), hidden));
        }

        private GgufTensor matrix(String name, int columns, int rows) throws ModelLoadException {
            GgufTensor tensor = require(name);
            expect(tensor, List.of((long) columns, (long) rows));
            return tensor;
        }

        /** A bias may be absent in llama; qwen2 always has it. */
        private Optional<GgufTensor> bias(String name, int length) throws ModelLoadException {
            boolean optional = shape.architecture().equals("llama");
            return optional && file.tensor(name).isEmpty() ? Optional.empty() : Optional.of(vector(name, length));
        }

        private GgufTensor vector(String name, int length) throws ModelLoadException {
            GgufTensor tensor = require(name);
            expect(tensor, List.of((long) length));
            if (tensor.type().blockSize() > 1) {
                throw new ModelLoadException(
                        "Tensor %s is %s; accepted are F32, F16 and BF16.".formatted(name, tensor.type()));
            }
            return tensor;
        }

        private GgufTensor require(String name) throws ModelLoadException {
            Optional<GgufTensor> tensor = file.tensor(name);
            if (tensor.isEmpty()) {
                throw new ModelLoadException("The model has no tensor %s, which its architecture %s needs."
                        .formatted(name, shape.architecture()));
            }
            return tensor.get();
        }

        private static void expect(GgufTensor tensor, List<Long> lengths) throws ModelLoadException {
            if (!tensor.shape().equals(lengths)) {
                throw new ModelLoadException("Tensor %s has the shape %s; its metadata asks for %s."
                        .formatted(tensor.name(), tensor.shape(), lengths));
            }
        }
    }
}
