package dev.touchstone.worker.model.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes GGUF files field by field, sound or not. */
public final class GgufBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Begins a version 3 file. */
    public static GgufBytes head(long tensors, long keys) {
        return new GgufBytes().raw("GGUF".getBytes(UTF_8)).u32(3).u64(tensors).u64(keys);
    }

    /** A small file with every kind of value and two tensors. */
    static byte[] sound() {
        return head(2, 6)
                .text("general.name", "Ünit")
                .key("general.alignment", 4)
                .u32(32)
                .key("a.real", 6)
                .u32(Float.floatToIntBits(1.5f))
                .key("a.flag", 7)
                .raw(new byte[] {1})
                .key("a.texts", 9)
                .u32(8)
                .u64(2)
                .string("x")
                .string("")
                .key("a.numbers", 9)
                .u32(5)
                .u64(3)
                .u32(1)
                .u32(-2)
                .u32(3)
                .tensor("w", 2, 0, 32, 2)
                .tensor("b", 0, 64, 4)
                .pad(32)
                .raw(new byte[64])
                .raw(new byte[16])
                .toArray();
    }

    public GgufBytes u32(int value) {
        return raw(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    public GgufBytes u64(long value) {
        return raw(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }

    public GgufBytes string(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        return u64(utf8.length).raw(utf8);
    }

    public GgufBytes key(String key, int type) {
        return string(key).u32(type);
    }

    public GgufBytes text(String key, String value) {
        return key(key, 8).string(value);
    }

    GgufBytes tensor(String name, int type, long offset, long... shape) {
        string(name).u32(shape.length);
        for (long length : shape) {
            u64(length);
        }
        return u32(type).u64(offset);
    }

    GgufBytes pad(int alignment) {
        while (bytes.size() % alignment != 0) {
            bytes.write(0);
        }
        return this;
    }

    public GgufBytes raw(byte[] raw) {
        bytes.writeBytes(raw);
        return this;
    }

    public byte[] toArray() {
        return bytes.toByteArray();
    }
}
