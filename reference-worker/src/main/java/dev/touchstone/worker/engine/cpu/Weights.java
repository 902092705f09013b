package dev.touchstone.worker.engine.cpu;

import dev.touchstone.worker.engine.LayerTensors;
import dev.touchstone.worker.engine.LoadProgress;
import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.engine.ModelTensors;
import dev.touchstone.worker.engine.Shape;
import dev.touchstone.worker.model.gguf.GgufFile;
import dev.touchstone.worker.model.gguf.GgufTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * A model's weights, packed.
 *
 * @param output the same matrix as {@code embedding} where the file ties them
 * @param ropeDivisors divides each rotary pair's frequency; ones where the file has none
 */
record Weights(Matrix embedding, List<Layer> layers, float[] outputNorm, Matrix output, float[] ropeDivisors) {

    static Weights load(GgufFile file, Shape shape, IntConsumer told) throws ModelLoadException {
        LoadProgress progress = new LoadProgress(told);
        progress.reached(0);
        ModelTensors tensors = ModelTensors.find(file, shape);
        Matrix embedding = MatrixPacker.pack(tensors.embedding());
        List<Layer> layers = new ArrayList<>();
        for (LayerTensors layer : tensors.layers()) {
            layers.add(pack(layer, shape));
            progress.reached(100.0 * layers.size() / (shape.layers() + 1));
        }
        Matrix output = tensors.isTied() ? embedding : MatrixPacker.pack(tensors.output());
        Weights weights = new Weights(
                embedding,
                List.copyOf(layers),
                vector(tensors.outputNorm()),
                output,
                divisors(tensors, shape.ropeSize() / 2));
        progress.reached(100);
        return weights;
    }

    private static Layer pack(LayerTensors layer, Shape shape) throws ModelLoadException {
        return new Layer(
                vector(layer.attentionNorm()),
                MatrixPacker.pack(layer.query()),
                MatrixPacker.pack(layer.key()),
                MatrixPacker.pack(layer.value()),
                bias(layer.queryBias(), shape.queryWidth()),
                bias(layer.keyBias(), shape.kvWidth()),
                bias(layer.valueBias(), shape.kvWidth()),
                MatrixPacker.pack(layer.attentionOutput()),
                vector(layer.feedForwardNorm()),
                MatrixPacker.pack(layer.gate()),
                MatrixPacker.pack(layer.up()),
                MatrixPacker.pack(layer.down()));
    }

    private static float[] vector(GgufTensor tensor) {
        return MatrixPacker.vector(tensor, Lanes.roundUp((int) tensor.rowLength(), Lanes.PANEL));
    }

    private static float[] bias(Optional<GgufTensor> tensor, int length) {
        return tensor.isPresent() ? vector(tensor.get()) : new float[Lanes.roundUp(length, Lanes.PANEL)];
    }

    private static float[] divisors(ModelTensors tensors, int pairs) {
        if (tensors.ropeDivisors().isPresent()) {
            return vector(tensors.ropeDivisors().get());
        }
        float[] ones = new float[pairs];
        Arrays.fill(ones, 1);
        return ones;
    }
}
