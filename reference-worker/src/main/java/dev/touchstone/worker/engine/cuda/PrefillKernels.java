package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.model.gguf.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The launches of a prefill pass: embed, then layer by layer, for up to {@link ScratchLayout#MOST_TOKENS} tokens. */
final class PrefillKernels {

    /** A GEMM and the tokens that one of its blocks takes; the choice changes no sum's order. */
    private record Tile(int tokens, Kernel kernel) {}

    /** Tokens of the tiles, ascending. */
    static final List<Integer> TILES = List.of(16, 64, 128);

    private static final Map<String, Integer> NO_SIZES = Map.of();

    private final DeviceModel model;
    private final Kernel embed;
    private final Kernel rmsSplit;
    private final Kernel splitRows;
    private final Kernel siluSplit;
    private final Kernel dequantize;
    private final Kernel ropeStore;
    private final Kernel attendRows;
    private final List<Tile> tiles = new ArrayList<>();

    /**
     * @param mostShared bytes of shared memory that the device gives a block; tiles that need more are left out
     * @throws ModelLoadException if the build lacks a kernel, or none of the tiles suits the device
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
        for (int tokens : TILES) {
            Kernel kernel = kernels.kernel("gemm_" + tokens);
            if (kernel.spec().sharedBytes().of(NO_SIZES) <= mostShared) {
                tiles.add(new Tile(tokens, kernel));
            }
        }
        if (tiles.isEmpty()) {
            throw new ModelLoadException(
                    "The kernels' smallest tile needs more shared memory than the %d bytes that the device gives a block."
                            .formatted(mostShared));
        }
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
        tile(count)
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

    private Kernel tile(int count) {
        for (Tile tile : tiles) {
            if (count <= tile.tokens()) {
                return tile.kernel();
            }
        }
        return tiles.getLast().kernel();
    }
}
