package dev.touchstone.worker.engine.cpu;

import dev.touchstone.worker.model.gguf.GgufFile;
import dev.touchstone.worker.model.gguf.GgufTensor;
import dev.touchstone.worker.model.gguf.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * A model's weights, packed.
 *
 * @param output the same matrix as {@code embedding} where the file ties them
 * @param ropeDivisors divides each rotary pair's frequency; ones where the file has none
 * @param largestType name of the type that holds most bytes
 */
record Weights(
        Matrix embedding,
        List<Layer> layers,
        float[] outputNorm,
        Matrix output,
        float[] ropeDivisors,
        String largestType) {

    static Weights load(GgufFile file, Shape shape, IntConsumer progress) throws ModelLoadException {
        return new Loader(file, shape).load(progress);
    }

    private static final class Loader {
        private final GgufFile file;
        private final Shape shape;
        private final Map<TensorType, Long> bytes = new EnumMap<>(TensorType.class);

        Loader(GgufFile file, Shape shape) {
            this.file = file;
            this.shape = shape;
        }

        Weights load(IntConsumer progress) throws ModelLoadException {
            progress.accept(0);
            int told = 0;
            Matrix embedding = embedding();
            List<Layer> layers = new ArrayList<>();
            for (int l = 0; l < shape.layers(); l++) {
                layers.add(layer("blk." + l + "."));
                int percent = (l + 1) * 100 / (shape.layers() + 1) / 25 * 25;
                if (percent > told) {
                    told = tell(told, percent, progress);
                }
            }
            Matrix output = file.tensor("output.weight").isPresent()
                    ? matrix("output.weight", shape.hidden(), embedding.rows())
                    : embedding;
            float[] norm = vector("output_norm.weight", shape.hidden());
            float[] divisors = divisors();
            tell(told, 100, progress);
            return new Weights(embedding, List.copyOf(layers), norm, output, divisors, largestType());
        }

        private static int tell(int told, int percent, IntConsumer progress) {
            for (int step = told + 25; step <= percent; step += 25) {
                progress.accept(step);
            }
            return percent;
        }

        private Matrix embedding() throws ModelLoadException {
            GgufTensor tensor = require("token_embd.weight");
            long rows = tensor.rows();
            if (rows < 1 || rows > 1 << 24) {
                throw new ModelLoadException(
                        "Tensor token_embd.weight has %d rows; accepted are 1 to 16777216.".formatted(rows));
            }
            return matrix("token_embd.weight", shape.hidden(), (int) rows);
        }

        private Layer layer(String prefix) throws ModelLoadException {
            int hidden = shape.hidden();
            int query = shape.queryWidth();
            int kv = shape.kvWidth();
            return new Layer(
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

        private Matrix matrix(String name, int columns, int rows) throws ModelLoadException {
            GgufTensor tensor = require(name);
            expect(tensor, List.of((long) columns, (long) rows));
            bytes.merge(tensor.type(), tensor.data().byteSize(), Long::sum);
            return MatrixPacker.pack(tensor);
        }

        /** A bias may be absent in llama; qwen2 always has it. */
        private float[] bias(String name, int length) throws ModelLoadException {
            boolean optional = shape.architecture().equals("llama");
            return optional && file.tensor(name).isEmpty()
                    ? new float[Lanes.roundUp(length, Lanes.PANEL)]
                    : vector(name, length);
        }

        private float[] vector(String name, int length) throws ModelLoadException {
            GgufTensor tensor = require(name);
            expect(tensor, List.of((long) length));
            if (tensor.type().blockSize() > 1) {
                throw new ModelLoadException(
                        "Tensor %s is %s; accepted are F32, F16 and BF16.".formatted(name, tensor.type()));
            }
            return MatrixPacker.vector(tensor, Lanes.roundUp(length, Lanes.PANEL));
        }

        private float[] divisors() throws ModelLoadException {
            int pairs = shape.ropeSize() / 2;
            if (file.tensor("rope_freqs.weight").isPresent()) {
                return vector("rope_freqs.weight", pairs);
            }
            float[] ones = new float[pairs];
            Arrays.fill(ones, 1);
            return ones;
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

        private String largestType() {
            return bytes.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .map(entry -> entry.getKey().name())
                    .orElse("F32");
        }
    }
}
