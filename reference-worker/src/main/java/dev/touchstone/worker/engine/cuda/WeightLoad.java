package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.LayerTensors;
import dev.touchstone.worker.engine.LoadProgress;
import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.engine.ModelTensors;
import dev.touchstone.worker.engine.Shape;
import dev.touchstone.worker.model.gguf.GgufFile;
import dev.touchstone.worker.model.gguf.GgufTensor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Loads all of a model's weights into one block of device memory. */
final class WeightLoad {

    /** Positions of the rotary table that are computed and uploaded at once. */
    private static final int ROPE_PART = 4096;

    private final Shape shape;
    private final ModelTensors tensors;
    private final int context;

    WeightLoad(Shape shape, ModelTensors tensors, int context) {
        this.shape = shape;
        this.tensors = tensors;
        this.context = context;
    }

    /**
     * Loads; all is in place when it returns.
     *
     * @param block as large as the memory plan says
     * @param total of all allocations
     * @throws ModelLoadException if the file can no longer be read or a row's length does not suit the kernels
     */
    DeviceWeights run(
            CudaContext on, GgufFile file, DeviceBlock block, Kernel retile, LoadProgress progress, AtomicLong total)
            throws ModelLoadException {
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ);
                WeightUpload upload = WeightUpload.begin(
                        on, file, channel, MemoryPlan.stagingBytes(tensors), block, retile, progress, total)) {
            DeviceWeights weights = all(upload);
            on.awaitAll("uploading the weights");
            return weights;
        } catch (ModelLoadException told) {
            throw told;
        } catch (IOException notRead) {
            throw new ModelLoadException("%s can no longer be read (%s)."
                    .formatted(file.path(), notRead.getClass().getSimpleName()));
        }
    }

    private DeviceWeights all(WeightUpload upload) throws ModelLoadException {
        DeviceMatrix embedding = upload.matrix(tensors.embedding());
        List<DeviceLayer> layers = new ArrayList<>();
        for (LayerTensors layer : tensors.layers()) {
            layers.add(layer(upload, layer));
        }
        DeviceMatrix output = tensors.isTied() ? embedding : upload.matrix(tensors.output());
        return new DeviceWeights(embedding, layers, upload.vector(tensors.outputNorm()), output, rope(upload));
    }

    private static DeviceLayer layer(WeightUpload upload, LayerTensors layer) throws ModelLoadException {
        return new DeviceLayer(
                upload.vector(layer.attentionNorm()),
                upload.matrix(layer.query()),
                upload.matrix(layer.key()),
                upload.matrix(layer.value()),
                bias(upload, layer.queryBias()),
                bias(upload, layer.keyBias()),
                bias(upload, layer.valueBias()),
                upload.matrix(layer.attentionOutput()),
                upload.vector(layer.feedForwardNorm()),
                upload.matrix(layer.gate()),
                upload.matrix(layer.up()),
                upload.matrix(layer.down()));
    }

    private static long bias(WeightUpload upload, Optional<GgufTensor> tensor) {
        return tensor.isPresent() ? upload.vector(tensor.get()) : 0;
    }

    private long rope(WeightUpload upload) {
        float[] divisors = new float[shape.ropeSize() / 2];
        Arrays.fill(divisors, 1);
        if (tensors.ropeDivisors().isPresent()) {
            divisors = WeightUpload.values(tensors.ropeDivisors().get());
        }
        long address = upload.region(RopeTable.bytes(shape, context));
        for (int from = 0; from < context; from += ROPE_PART) {
            int positions = Math.min(ROPE_PART, context - from);
            upload.put(address + RopeTable.bytes(shape, from), RopeTable.compute(shape, divisors, from, positions));
        }
        return address;
    }
}
