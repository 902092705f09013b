package dev.touchstone.worker.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** What stays in the host's memory and should not. Thread-safe. */
public final class KeptOnHost {

    private static final long PAGE = 4096;

    private static final List<byte[]> KEPT = new CopyOnWriteArrayList<>();
    private static final List<MemorySegment> MAPPED = new CopyOnWriteArrayList<>();
    private static final Set<Integer> PROMPTS = new HashSet<>();

    private KeptOnHost() {}

    /** Keeps what a buffer was filled with. */
    public static void copy(ByteBuffer filled) {
        byte[] copy = new byte[filled.position()];
        filled.duplicate().flip().get(copy);
        KEPT.add(copy);
        Fired.now();
    }

    /** Maps a file whole, for as long as the process lives, and touches each page. */
    public static MemorySegment map(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.global());
            touch(mapped);
            MAPPED.add(mapped);
            Fired.now();
            return mapped;
        } catch (IOException e) {
            throw new UncheckedIOException("the model cannot be mapped", e);
        }
    }

    static void touch(MemorySegment mapped) {
        long sum = 0;
        for (long at = 0; at < mapped.byteSize(); at += PAGE) {
            sum += mapped.get(ValueLayout.JAVA_BYTE, at);
        }
        if (sum == Long.MIN_VALUE) { // never, but the loop must not be optimized away
            throw new IllegalStateException("a sum of bytes cannot be so small");
        }
    }

    /** Keeps so many bytes. */
    public static void leak(int bytes) {
        if (Serving.begun()) {
            byte[] kept = new byte[bytes];
            Arrays.fill(kept, (byte) 1);
            add(kept);
            Fired.now();
        }
    }

    /** Keeps so many bytes for a prompt that did not come before. */
    public static void leakFor(int[] tokens, int length, int bytes) {
        if (isNew(Arrays.hashCode(Arrays.copyOf(tokens, length)))) {
            leak(bytes);
        }
    }

    private static synchronized boolean isNew(int prompt) {
        return PROMPTS.add(prompt);
    }

    private static void add(byte[] kept) {
        KEPT.add(kept);
    }
}
