package dev.touchstone.harness.launch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes the head of a model file: metadata and tensor directory, version 3, little-endian. Not thread-safe.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format's specification</a>
 */
final class GgufBytes {
    static final int ALIGNMENT = 32;

    private static final int VERSION = 3;
    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private final ByteArrayOutputStream metadata = new ByteArrayOutputStream();
    private final ByteArrayOutputStream tensors = new ByteArrayOutputStream();
    private long keys;
    private long directory;
    private long dataBytes;

    GgufBytes text(String key, String value) {
        key(key, STRING);
        string(metadata, value);
        return this;
    }

    GgufBytes count(String key, int value) {
        key(key, UINT32);
        u32(metadata, value);
        return this;
    }

    GgufBytes decimal(String key, float value) {
        key(key, FLOAT32);
        u32(metadata, Float.floatToRawIntBits(value));
        return this;
    }

    GgufBytes texts(String key, List<String> values) {
        array(key, STRING, values.size());
        values.forEach(value -> string(metadata, value));
        return this;
    }

    GgufBytes counts(String key, List<Integer> values) {
        array(key, INT32, values.size());
        values.forEach(value -> u32(metadata, value));
        return this;
    }

    /**
     * Adds a tensor to the directory, behind those before it.
     *
     * @param type the format's number of it, known or not
     * @param bytes of its data
     */
    GgufBytes tensor(String name, int type, long bytes, long... shape) {
        directory++;
        string(tensors, name);
        u32(tensors, shape.length);
        for (long length : shape) {
            u64(tensors, length);
        }
        u32(tensors, type);
        u64(tensors, dataBytes);
        dataBytes += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        return this;
    }

    /** Bytes of the data section that the directory tells of. */
    long dataBytes() {
        return dataBytes;
    }

    /** The head, filled up so that the data section may follow. */
    byte[] head() {
        var all = new ByteArrayOutputStream();
        all.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        u32(all, VERSION);
        u64(all, directory);
        u64(all, keys);
        all.writeBytes(metadata.toByteArray());
        all.writeBytes(tensors.toByteArray());
        all.writeBytes(new byte[(ALIGNMENT - all.size() % ALIGNMENT) % ALIGNMENT]);
        return all.toByteArray();
    }

    private void key(String key, int type) {
        keys++;
        string(metadata, key);
        u32(metadata, type);
    }

    private void array(String key, int type, int length) {
        key(key, ARRAY);
        u32(metadata, type);
        u64(metadata, length);
    }

    private static void string(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        u64(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void u32(ByteArrayOutputStream out, int value) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    private static void u64(ByteArrayOutputStream out, long value) {
        out.writeBytes(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }
}
