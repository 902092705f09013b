package dev.touchstone.worker.synth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Computes tensors in parts of some rows and writes each where it belongs, by several threads. For one caller. */
final class TensorWriter implements AutoCloseable {
    /** Bytes of a part, if a row is not longer. */
    private static final int PART_BYTES = 4 << 20;

    private final FileChannel channel;
    private final long seed;
    private final int threads;
    private final ExecutorService pool;

    TensorWriter(FileChannel channel, long seed, int threads) {
        this.channel = channel;
        this.seed = seed;
        this.threads = threads;
        pool = Executors.newFixedThreadPool(threads);
    }

    /** @param dataStart where the data section begins in the file */
    void write(List<TensorPlan> tensors, long dataStart) throws IOException {
        List<Part> parts = parts(tensors);
        List<Future<?>> lanes = new ArrayList<>();
        for (int lane = 0; lane < threads; lane++) {
            int first = lane;
            lanes.add(pool.submit(() -> {
                ByteBuffer buffer = ByteBuffer.allocateDirect(largest(parts)).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = first; i < parts.size(); i += threads) {
                    write(parts.get(i), dataStart, buffer);
                }
                return first;
            }));
        }
        for (Future<?> lane : lanes) {
            await(lane);
        }
    }

    private static List<Part> parts(List<TensorPlan> tensors) {
        List<Part> parts = new ArrayList<>();
        for (TensorPlan tensor : tensors) {
            int rows = Math.max(1, PART_BYTES / tensor.rowBytes());
            for (int row = 0; row < tensor.rowCount(); row += rows) {
                parts.add(new Part(tensor, row, Math.min(row + rows, tensor.rowCount())));
            }
        }
        return parts;
    }

    private static int largest(List<Part> parts) {
        return parts.stream().mapToInt(Part::bytes).max().orElse(0);
    }

    private void write(Part part, long dataStart, ByteBuffer buffer) throws IOException {
        TensorPlan tensor = part.tensor();
        float[] row = new float[tensor.columns()];
        buffer.clear();
        for (int r = part.from(); r < part.to(); r++) {
            tensor.fill(seed, r, row);
            Quantizer.row(tensor.type(), row, tensor.columns(), buffer);
        }
        writeFully(channel, buffer.flip(), dataStart + tensor.offset() + (long) part.from() * tensor.rowBytes());
    }

    static void writeFully(FileChannel channel, byte[] bytes, long position) throws IOException {
        writeFully(channel, ByteBuffer.wrap(bytes), position);
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    private static void await(Future<?> lane) throws IOException {
        try {
            lane.get();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("Writing was interrupted.", stopped);
        } catch (ExecutionException failed) {
            throw new IOException("The file could not be written (%s).".formatted(failed.getCause()), failed);
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
        pool.close();
    }

    /** Rows {@code from} to before {@code to}. */
    private record Part(TensorPlan tensor, int from, int to) {
        int bytes() {
            return (to - from) * tensor.rowBytes();
        }
    }
}
