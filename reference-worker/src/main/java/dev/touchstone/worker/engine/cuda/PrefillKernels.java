package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.model.gguf.TensorType;
import java.util.Map;

/** The launches of a prefill pass: embed, then layer by layer, for up to {@link ScratchLayout#MOST_TOKENS} tokens. */
final class PrefillKernels {

    /** As many blocks of the small tile as an H100 runs well at a time; above it, larger tiles are quicker there. */
    private static final int FEW_BLOCKS = 500;

    /** Tokens and weights from which the largest tile pays, for it halves what goes through the L2 cache. */
    private static final int MANY_TOKENS = 1024;

    private static final long MANY_WEIGHTS = 16_000_000;

    private static final Map<String, Integer> NO_SIZES = Map.of();

    private final DeviceModel model;
    private final Kernel embed;
    private final Kernel rmsSplit;
    private final Kernel splitRows;
    private final Kernel siluSplit;
    private final Kernel dequantize;
    private final Kernel ropeStore;
    private final Kernel attendRows;
    private final Kernel small;
    private final Kernel middle;
    private final Kernel large;

    /**
     * @param mostShared bytes of shared memory that the device gives a block; without room for the largest tile, it is left out
     * @throws ModelLoadException if the build lacks a kernel, or the device has no room for their tiles
     */
    PrefillKernels(KernelSource kernels, DeviceModel model, int mostShared) throws ModelLoadException {
        this.model = model;
        embed = kernels.kernel("embed_rows");
        rmsSplit = kernels.kernel("rms_split");
        splitRows = kernels.kernel("split_rows");
        siluSplit = kernels.kernel("silu_split");
        dequantize = kernels.kernel("dequantize");
        ropeStore = kernels.kernel("rope_store");
        attendRows = kernels.kernel("attend_rows");
        small = kernels.kernel("gemm_16");
        middle = kernels.kernel("gemm_64");
        Kernel largest = kernels.kernel("gemm_128");
        large = sharedBytes(largest) <= mostShared ? largest : middle;
        if (Math.max(sharedBytes(small), sharedBytes(middle)) > mostShared) {
            throw new ModelLoadException(
                    "The kernels need more shared memory than the %d bytes that the device gives a block."
                            .formatted(mostShared));
        }
    }

    private static long sharedBytes(Kernel kernel) {
        return kernel.spec().sharedBytes().of(NO_SIZES);
    }

    /**
     * Launches a pass over {@code count} tokens, which lie in {@link Scratch#tokens()}.
     *
     * @param base position of the first
     * @param kv address of the sequence's cache
     * @param stride positions from one KV head's rows to the next's
     * @param lastWanted whether the last token's row of the residual stream is wanted
     */
    void pass(int count, int base, long kv, int stride, boolean lastWanted) {
        DeviceMatrix table = model.weights().embedding();
        embed.pointer(model.scratch().tokens())
                .matrix(table)
                .pointer(model.scratch().stream())
                .integer(count)
                .launch(model.sizes(table.rows(), table.columns(), count, base + count));
        int last = model.weights().layers().size() - 1;
        for (int l = 0; l <= last; l++) {
            DeviceLayer layer = model.weights().layers().get(l);
            // In the last layer nothing but keys and values is needed of tokens whose logits nobody reads.
            int first = l < last ? 0 : lastWanted ? count - 1 : count;
            project(l, layer, count, base, kv, stride);
            if (first < count) {
                attend(l, layer, first, count - first, base, kv, stride);
                feedForward(layer, first, count - first);
            }
        }
    }

    /** Address of a token's row of the residual stream. */
    long row(int token) {
        return model.scratch().stream() + 4L * token * model.shape().hidden();
    }

    private void project(int l, DeviceLayer layer, int count, int base, long kv, int stride) {
        Scratch scratch = model.scratch();
        norm(row(0), layer.attentionNorm(), count);
        gemm(layer.query(), count, layer.queryBias(), scratch.query(), false);
        gemm(layer.key(), count, layer.keyBias(), scratch.key(), false);
        gemm(layer.value(), count, layer.valueBias(), scratch.value(), false);
        ropeStore
                .pointer(scratch.query())
                .pointer(scratch.key())
                .pointer(scratch.value())
                .integer(model.shape().queryWidth())
                .integer(model.shape().kvWidth())
                .integer(model.shape().kvWidth())
                .pointer(model.weights().rope())
                .integer(model.shape().ropeSize())
                .integer(model.halfSplit())
                .integer(model.shape().heads())
                .integer(model.shape().kvHeads())
                .integer(model.shape().headSize())
                .integer(l)
                .pointer(kv)
                .integer(stride)
                .integer(model.kv().type().code())
                .integer(base)
                .integer(count)
                .launch(model.sizes(count, model.shape().queryWidth(), count, base + count));
    }

    private void attend(int l, DeviceLayer layer, int first, int count, int base, long kv, int stride) {
        Scratch scratch = model.scratch();
        int width = model.shape().queryWidth();
        attendRows
                .pointer(scratch.query() + 4L * first * width)
                .integer(width)
                .pointer(kv)
                .integer(stride)
                .integer(model.kv().type().code())
                .integer(l)
                .integer(model.shape().heads())
                .integer(model.shape().kvHeads())
                .integer(model.shape().headSize())
                .integer(base + first)
                .integer(count)
                .pointer(scratch.attended())
                .launch(model.sizes(count, width, count, base + first + count));
        splitRows
                .pointer(scratch.attended())
                .integer(width)
                .pointer(scratch.high())
                .pointer(scratch.low())
                .pointer(scratch.scale())
                .launch(model.sizes(count, width, count, 1));
        gemm(layer.attentionOutput(), count, 0, row(first), true);
    }

    private void feedForward(DeviceLayer layer, int first, int count) {
        Scratch scratch = model.scratch();
        int inner = model.shape().feedForward();
        norm(row(first), layer.feedForwardNorm(), count);
        gemm(layer.gate(), count, 0, scratch.gate(), false);
        gemm(layer.up(), count, 0, scratch.up(), false);
        siluSplit
                .pointer(scratch.gate())
                .pointer(scratch.up())
                .integer(inner)
                .pointer(scratch.high())
                .pointer(scratch.low())
                .pointer(scratch.scale())
                .launch(model.sizes(count, inner, count, 1));
        gemm(layer.down(), count, 0, row(first), true);
    }

    private void norm(long stream, long norm, int count) {
        Scratch scratch = model.scratch();
        int hidden = model.shape().hidden();
        rmsSplit.pointer(stream)
                .pointer(norm)
                .real(model.shape().epsilon())
                .integer(hidden)
                .pointer(scratch.high())
                .pointer(scratch.low())
                .pointer(scratch.scale())
                .launch(model.sizes(count, hidden, count, 1));
    }

    /** Multiplies the rows that were split last, and writes or adds rows of the matrix's own width. */
    private void gemm(DeviceMatrix matrix, int count, long bias, long out, boolean add) {
        Scratch scratch = model.scratch();
        long high = matrix.quants();
        long low = 0;
        if (matrix.type() != TensorType.F16) {
            high = scratch.weightHigh();
            low = scratch.weightLow();
            dequantize
                    .matrix(matrix)
                    .pointer(high)
                    .pointer(low)
                    .launch(model.sizes(matrix.rows(), matrix.columns(), count, 1));
        }
        tile(count, matrix)
                .pointer(scratch.high())
                .pointer(scratch.low())
                .pointer(scratch.scale())
                .integer(count)
                .pointer(high)
                .pointer(low)
                .integer(matrix.rows())
                .integer(matrix.columns())
                .pointer(bias)
                .pointer(out)
                .integer(matrix.rows())
                .integer(add ? 1 : 0)
                .launch(model.sizes(matrix.rows(), matrix.columns(), count, 1));
    }

    /** The tile that is quickest; they differ in how many tokens and rows a block takes, and in no bit of the result. */
    private Kernel tile(int count, DeviceMatrix matrix) {
        if ((long) Math.ceilDiv(count, 16) * Math.ceilDiv(matrix.rows(), 16) <= FEW_BLOCKS) {
            return small;
        }
        boolean much = count >= MANY_TOKENS && (long) matrix.rows() * matrix.columns() >= MANY_WEIGHTS;
        return much ? large : middle;
    }
}
