package dev.touchstone.worker.model.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model file in the GGUF format (versions 2 and 3, little-endian), mapped into memory. Nothing in the file is trusted:
 * whatever does not fit is refused with a {@link GgufException}. Safe for use by several threads; {@link #close} must
 * come after the last read of a tensor's data, and reads after it fail with {@link IllegalStateException}.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format's specification</a>
 */
public final class GgufFile implements AutoCloseable {
    private static final int MAGIC = 0x46554747; // "GGUF", little-endian

    private final Path path;
    private final Arena arena;
    private final MemorySegment bytes;
    private final GgufMetadata metadata;
    private final Map<String, GgufTensor> tensors;

    private GgufFile(Path path, Arena arena, MemorySegment bytes, GgufMetadata metadata, List<GgufTensor> tensors) {
        this.path = path;
        this.arena = arena;
        this.bytes = bytes;
        this.metadata = metadata;
        this.tensors = new LinkedHashMap<>();
        tensors.forEach(tensor -> this.tensors.put(tensor.name(), tensor));
    }

    /**
     * Maps a file and reads its directory; tensor data is read by whoever touches it.
     *
     * @throws GgufException if the file cannot be read or is not a sound GGUF file
     */
    @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the file, which closes it
    public static GgufFile open(Path path) throws GgufException {
        if (!Files.isRegularFile(path)) {
            String state = Files.exists(path) ? "not a regular file" : "not there";
            throw new GgufException(path, "the model file is " + state + "; accepted is a readable GGUF file.");
        }
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try {
            MemorySegment bytes = map(path, arena);
            GgufFile file = read(path, arena, bytes);
            opened = true;
            return file;
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    private static MemorySegment map(Path path, Arena arena) throws GgufException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException cannotRead) {
            throw new GgufException(
                    path,
                    "the model file cannot be read (%s)."
                            .formatted(cannotRead.getClass().getSimpleName()));
        }
    }

    private static GgufFile read(Path path, Arena arena, MemorySegment bytes) throws GgufException {
        GgufCursor cursor = new GgufCursor(path, bytes);
        int magic = cursor.u32("the magic number");
        if (magic != MAGIC) {
            throw cursor.refuse("the file begins with the bytes %08x; a GGUF file begins with 47475546 (GGUF)."
                    .formatted(Integer.reverseBytes(magic)));
        }
        int version = cursor.u32("the version");
        if (version != 2 && version != 3) {
            String order = Integer.reverseBytes(version) == 3 ? " (a big-endian file)" : "";
            throw cursor.refuse("the GGUF version is %s%s; accepted are 2 and 3, little-endian."
                    .formatted(Integer.toUnsignedString(version), order));
        }
        long tensorCount = cursor.count("the tensor count", TensorReader.mostTensors());
        long keyCount = cursor.count("the metadata count", MetadataReader.mostKeys());
        GgufMetadata metadata = new MetadataReader(cursor).read(keyCount);
        List<GgufTensor> tensors = new TensorReader(cursor, bytes).read(tensorCount, metadata);
        return new GgufFile(path, arena, bytes, metadata, tensors);
    }

    public Path path() {
        return path;
    }

    /** Bytes of the whole file. */
    public long size() {
        return bytes.byteSize();
    }

    /** Where a tensor's bytes begin in the file, for readers that leave the mapping alone. */
    public long offsetOf(GgufTensor tensor) {
        return tensor.data().address() - bytes.address();
    }

    public GgufMetadata metadata() {
        return metadata;
    }

    /** All tensors in the order of the file's directory. */
    public List<GgufTensor> tensors() {
        return List.copyOf(tensors.values());
    }

    public Optional<GgufTensor> tensor(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /** Unmaps the file; every tensor's data ends with it. */
    @Override
    public void close() {
        arena.close();
    }
}
