package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.LayerTensors;
import dev.touchstone.worker.engine.ModelTensors;
import dev.touchstone.worker.engine.Shape;
import dev.touchstone.worker.engine.TooLittleMemoryException;
import dev.touchstone.worker.model.gguf.GgufTensor;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Bytes of VRAM that a model needs, known before any is taken.
 *
 * @param weights matrices, vectors and rotary table
 * @param cache keys and values of one sequence of the whole context
 * @param scratch what the passes write
 * @param staging what loading takes and gives back
 */
record MemoryPlan(long weights, long cache, long scratch, long staging) {

    /** Kernels, graphs, and the driver's rounding of allocations. */
    static final long MARGIN = 128 << 20;

    static MemoryPlan of(Shape shape, ModelTensors tensors, int context, KvLayout kv, ScratchLayout scratch) {
        return new MemoryPlan(
                weights(shape, tensors, context), kv.bytes(context), scratch.room(), stagingBytes(tensors));
    }

    long required() {
        return weights + cache + scratch + staging + MARGIN;
    }

    /** @throws TooLittleMemoryException if {@code available} is less than required */
    void check(long available, CudaDevice device, Path model) throws TooLittleMemoryException {
        if (available < required()) {
            throw new TooLittleMemoryException(
                    "%s has too little memory for %s: %d bytes are required (weights %d, KV cache %d, scratch %d, loading and margin %d), and %d bytes are available."
                            .formatted(
                                    device.label(),
                                    model,
                                    required(),
                                    weights,
                                    cache,
                                    scratch,
                                    staging + MARGIN,
                                    available));
        }
    }

    private static long weights(Shape shape, ModelTensors tensors, int context) {
        long bytes = matrix(tensors.embedding())
                + (tensors.isTied() ? 0 : matrix(tensors.output()))
                + vector(shape.hidden())
                + RopeTable.room(shape, context);
        for (LayerTensors layer : tensors.layers()) {
            bytes += ScratchLayout.matrices(layer).mapToLong(MemoryPlan::matrix).sum();
            bytes += 2 * vector(shape.hidden());
            bytes += Stream.of(layer.queryBias(), layer.keyBias(), layer.valueBias())
                    .flatMap(bias -> bias.stream())
                    .mapToLong(bias -> vector((int) bias.rowLength()))
                    .sum();
        }
        return bytes;
    }

    /** Bytes of the device buffer that raw rows pass through, and of each of the two pinned ones. */
    static int stagingBytes(ModelTensors tensors) {
        long widest = Stream.concat(
                        Stream.of(tensors.embedding(), tensors.output()),
                        tensors.layers().stream().flatMap(ScratchLayout::matrices))
                .mapToLong(GgufTensor::rowBytes)
                .max()
                .orElse(0);
        return Math.toIntExact(Math.max(WeightUpload.CHUNK, widest));
    }

    private static long matrix(GgufTensor tensor) {
        return Planes.of(tensor.type(), (int) tensor.rows(), (int) tensor.rowLength())
                .room();
    }

    private static long vector(int length) {
        return Planes.room(4L * length);
    }
}
