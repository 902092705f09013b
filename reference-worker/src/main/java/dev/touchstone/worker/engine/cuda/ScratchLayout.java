package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.LayerTensors;
import dev.touchstone.worker.engine.ModelTensors;
import dev.touchstone.worker.engine.Shape;
import dev.touchstone.worker.model.gguf.GgufTensor;
import dev.touchstone.worker.model.gguf.TensorType;
import java.util.stream.Stream;

/**
 * Sizes of what the forward passes write, in bytes.
 *
 * @param chunk tokens that one prefill pass takes at most
 * @param rows rows of each prefill buffer: {@code chunk}, rounded up to the largest tile
 * @param widest longest row of an activation that is split into halves
 * @param dequantized elements of the largest matrix that is not F16 already, 0 where all are
 * @param chunks of positions that attention is computed in, at the context's end
 */
record ScratchLayout(Shape shape, int vocabSize, int chunk, int rows, int widest, long dequantized, int chunks) {

    /** Tokens that one prefill pass takes at most, whatever the context. */
    static final int MOST_TOKENS = 2048;

    private static final int TILE = 128;

    /** Bytes for integer counters and the partial results of a choice. */
    static final long SMALL = 64 << 10;

    static ScratchLayout of(Shape shape, ModelTensors tensors, int context, int attendChunk) {
        int chunk = Math.min(MOST_TOKENS, context);
        long largest = tensors.layers().stream()
                .flatMap(ScratchLayout::matrices)
                .filter(matrix -> matrix.type() != TensorType.F16)
                .mapToLong(GgufTensor::elements)
                .max()
                .orElse(0);
        return new ScratchLayout(
                shape,
                (int) tensors.output().rows(),
                chunk,
                (chunk + TILE - 1) / TILE * TILE,
                Math.max(shape.hidden(), Math.max(shape.queryWidth(), shape.feedForward())),
                largest,
                Math.ceilDiv(context, attendChunk));
    }

    static Stream<GgufTensor> matrices(LayerTensors layer) {
        return Stream.of(
                layer.query(),
                layer.key(),
                layer.value(),
                layer.attentionOutput(),
                layer.gate(),
                layer.up(),
                layer.down());
    }

    /** Bytes of a float32 prefill buffer of this width. */
    long floats(int width) {
        return 4L * rows * width;
    }

    /** Bytes of one half of a split activation. */
    long halves() {
        return 2L * rows * widest;
    }

    long partials() {
        return 4L * shape.heads() * chunks * (shape.headSize() + 2);
    }

    /** Bytes of all regions that {@link Scratch} takes. */
    long room() {
        long prefill = Planes.room(4L * rows)
                + Planes.room(floats(shape.hidden()))
                + 2 * Planes.room(halves())
                + Planes.room(4L * rows)
                + 2 * Planes.room(floats(shape.queryWidth()))
                + 2 * Planes.room(floats(shape.kvWidth()))
                + 2 * Planes.room(floats(shape.feedForward()))
                + 2 * Planes.room(2 * dequantized);
        long decode = Planes.room(4L * shape.hidden())
                + 2 * Planes.room(4L * shape.queryWidth())
                + Planes.room(partials())
                + Planes.room(4L * shape.feedForward())
                + Planes.room(4L * vocabSize)
                + 4 * Planes.room(SMALL);
        return prefill + decode;
    }
}
