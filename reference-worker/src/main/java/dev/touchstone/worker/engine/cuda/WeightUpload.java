package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.LoadProgress;
import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.model.gguf.Dequantizer;
import dev.touchstone.worker.model.gguf.GgufFile;
import dev.touchstone.worker.model.gguf.GgufTensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * Brings tensors from the file into device memory: read in chunks into two page-locked buffers by turns, copied while the
 * next chunk is read, and re-tiled there. Closing frees buffers and staging; no host copy stays.
 */
final class WeightUpload implements AutoCloseable {

    /** Bytes of a chunk, unless a single row is longer. */
    static final int CHUNK = 32 << 20;

    private final CudaContext context;
    private final GgufFile file;
    private final FileChannel channel;
    private final DeviceBlock.Regions regions;
    private final DeviceBlock target;
    private final Kernel retile;
    private final DeviceBlock staging;
    private final PinnedMemory[] buffers;
    private final LoadProgress progress;
    private long copied;
    private int turn;

    private WeightUpload(
            CudaContext context,
            GgufFile file,
            FileChannel channel,
            DeviceBlock target,
            Kernel retile,
            DeviceBlock staging,
            PinnedMemory[] buffers,
            LoadProgress progress) {
        this.context = context;
        this.file = file;
        this.channel = channel;
        this.target = target;
        this.regions = target.regions();
        this.retile = retile;
        this.staging = staging;
        this.buffers = buffers;
        this.progress = progress;
    }

    /**
     * Prepares.
     *
     * @param channel of the file; stays open
     * @param chunk bytes of each buffer, at least those of the longest row
     * @param target takes what is uploaded
     * @param progress told by the share of the file's bytes
     */
    static WeightUpload begin(
            CudaContext context,
            GgufFile file,
            FileChannel channel,
            int chunk,
            DeviceBlock target,
            Kernel retile,
            LoadProgress progress,
            AtomicLong total) {
        return new WeightUpload(
                context,
                file,
                channel,
                target,
                retile,
                DeviceBlock.allocate(chunk, "loading", total),
                new PinnedMemory[] {PinnedMemory.allocate(chunk, "loading"), PinnedMemory.allocate(chunk, "loading")},
                progress);
    }

    /** Uploads a matrix, whole rows at a time. */
    DeviceMatrix matrix(GgufTensor tensor) throws ModelLoadException {
        int rows = (int) tensor.rows();
        int columns = (int) tensor.rowLength();
        if (tensor.type().blockSize() == 1 && columns % 8 != 0) {
            throw new ModelLoadException(
                    "Tensor %s is %s with rows of %d elements; the GPU engine accepts multiples of 8."
                            .formatted(tensor.name(), tensor.type(), columns));
        }
        Planes planes = Planes.of(tensor.type(), rows, columns);
        DeviceMatrix matrix = new DeviceMatrix(
                regions.take(planes.quants()),
                regions.take(planes.highs()),
                regions.take(planes.scales()),
                tensor.type(),
                rows,
                columns);
        int most = Math.toIntExact(Math.min(rows, staging.bytes() / tensor.rowBytes()));
        for (int row = 0; row < rows; row += most) {
            send(tensor, matrix, row, Math.min(most, rows - row));
        }
        return matrix;
    }

    private void send(GgufTensor tensor, DeviceMatrix matrix, int row, int count) throws ModelLoadException {
        String doing = "uploading " + tensor.name();
        PinnedMemory buffer = buffers[turn];
        turn = 1 - turn;
        buffer.await(doing);
        long at = row * tensor.rowBytes();
        long bytes = count * tensor.rowBytes();
        read(file.offsetOf(tensor) + at, buffer.buffer().limit((int) bytes));
        if (Planes.asStored(tensor.type())) {
            buffer.copyTo(target.at(matrix.quants() + at), bytes, context, doing);
        } else {
            buffer.copyTo(staging.at(staging.address()), bytes, context, doing);
            retile.pointer(staging.address())
                    .matrix(matrix)
                    .integer(row)
                    .integer(count)
                    .launch(sizes(matrix, count));
        }
        copied += bytes;
        progress.reached(99.0 * copied / file.size());
    }

    /** What a launch rule may ask for; {@code blocks} are those of the rows that were sent. */
    private static Map<String, Integer> sizes(DeviceMatrix matrix, int count) {
        int blocks = Math.multiplyExact(count, matrix.columns() / matrix.type().blockSize());
        return Map.of("rows", count, "rowCount", count, "count", count, "cols", matrix.columns(), "blocks", blocks);
    }

    private void read(long position, ByteBuffer into) throws ModelLoadException {
        try {
            for (long at = position; into.hasRemaining(); ) {
                int got = channel.read(into, at);
                if (got < 0) {
                    throw new EOFException();
                }
                at += got;
            }
        } catch (IOException notRead) {
            throw new ModelLoadException("%s can no longer be read (%s)."
                    .formatted(file.path(), notRead.getClass().getSimpleName()));
        }
    }

    /** Uploads a vector as float32 and gives its address. */
    long vector(GgufTensor tensor) {
        return floats(values(tensor));
    }

    static float[] values(GgufTensor tensor) {
        float[] values = new float[(int) tensor.rowLength()];
        Dequantizer.row(tensor, 0, values);
        return values;
    }

    /** Uploads numbers and gives their address. */
    long floats(float[] values) {
        long address = regions.take(4L * values.length);
        put(address, values);
        return address;
    }

    /** Address of a region that {@link #put} fills by parts. */
    long region(long bytes) {
        return regions.take(bytes);
    }

    void put(long address, float[] values) {
        CudaFailure.check(
                JCudaDriver.cuMemcpyHtoD(target.at(address), Pointer.to(values), 4L * values.length),
                "uploading a vector");
    }

    @Override
    public void close() {
        for (PinnedMemory buffer : buffers) {
            buffer.close();
        }
        staging.close();
    }
}
