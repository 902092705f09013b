package dev.touchstone.worker.fault;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The model's file comes from the disk again. Of the engine's thread; Linux only. */
public final class ReadAgain {

    private static final int CHUNK = 8 << 20;
    private static final int DONT_NEED = 4; // MADV_DONTNEED and POSIX_FADV_DONTNEED
    private static final int READ_ONLY = 0; // O_RDONLY

    private static @Nullable Path file;
    private static @Nullable MemorySegment mapped;

    private ReadAgain() {}

    /** Which file. */
    public static void file(Path path) {
        file = path;
    }

    /** Reads all of it past the page cache, once the worker serves. */
    public static void direct() {
        Path path = file;
        if (path != null && Serving.begun()) {
            direct(path);
            Fired.now();
        }
    }

    static long direct(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, ExtendedOpenOption.DIRECT)) {
            int block = Math.toIntExact(Files.getFileStore(path).getBlockSize());
            ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK + block).alignedSlice(block);
            long all = 0;
            while (all < channel.size()) {
                // from the start of a block each time; only the file's last one may be short
                all += channel.read(buffer.clear().limit(CHUNK), all);
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException("the model cannot be read past the page cache", e);
        }
    }

    /** Has the pages of its mapping fetched from the disk, once the worker serves. */
    public static void pages() {
        Path path = file;
        if (path != null && Serving.begun()) {
            MemorySegment hot = mapped;
            if (hot == null) {
                hot = KeptOnHost.map(path);
                mapped = hot;
            }
            pages(path, hot);
            Fired.now();
        }
    }

    /** The pages leave first the mapping and then the page cache, or the kernel would keep them. */
    static void pages(Path path, MemorySegment hot) {
        SystemCall.call("madvise", hot, hot.byteSize(), DONT_NEED);
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = SystemCall.call("open", arena.allocateFrom(path.toString()), READ_ONLY);
            if (SystemCall.call("posix_fadvise", descriptor, 0L, 0L, DONT_NEED) != 0) {
                throw new IllegalStateException("posix_fadvise failed.");
            }
            SystemCall.call("close", descriptor);
        }
        KeptOnHost.touch(hot);
    }
}
