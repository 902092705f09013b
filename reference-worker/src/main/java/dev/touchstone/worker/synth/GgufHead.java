package dev.touchstone.worker.synth;

import dev.touchstone.worker.model.gguf.TensorType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Everything of a GGUF file (version 3, little-endian) before its data section: metadata and the directory of tensors.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format's specification</a>
 */
final class GgufHead {
    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private final ByteArrayOutputStream keys = new ByteArrayOutputStream();
    private int keyCount;

    GgufHead text(String key, String value) {
        key(key, STRING);
        string(keys, value);
        return this;
    }

    GgufHead number(String key, int value) {
        key(key, UINT32);
        u32(keys, value);
        return this;
    }

    GgufHead real(String key, double value) {
        key(key, FLOAT32);
        u32(keys, Float.floatToIntBits((float) value));
        return this;
    }

    GgufHead flag(String key, boolean value) {
        key(key, BOOL);
        keys.write(value ? 1 : 0);
        return this;
    }

    GgufHead texts(String key, List<String> values) {
        array(key, STRING, values.size());
        values.forEach(value -> string(keys, value));
        return this;
    }

    GgufHead numbers(String key, int[] values) {
        array(key, INT32, values.length);
        for (int value : values) {
            u32(keys, value);
        }
        return this;
    }

    /** The bytes up to the data section, padded to {@link Blueprint#ALIGNMENT}. */
    byte[] toBytes(List<TensorPlan> tensors) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        u32(out, 3);
        u64(out, tensors.size());
        u64(out, keyCount);
        out.writeBytes(keys.toByteArray());
        tensors.forEach(tensor -> entry(out, tensor));
        out.writeBytes(new byte[(int) (Blueprint.aligned(out.size()) - out.size())]);
        return out.toByteArray();
    }

    private static void entry(ByteArrayOutputStream out, TensorPlan tensor) {
        TensorType type = tensor.type();
        string(out, tensor.name());
        u32(out, tensor.rows() == 0 ? 1 : 2);
        u64(out, tensor.columns());
        if (tensor.rows() > 0) {
            u64(out, tensor.rows());
        }
        u32(out, type.id());
        u64(out, tensor.offset());
    }

    private void key(String key, int type) {
        keyCount++;
        string(keys, key);
        u32(keys, type);
    }

    private void array(String key, int type, int count) {
        key(key, ARRAY);
        u32(keys, type);
        u64(keys, count);
    }

    private static void string(ByteArrayOutputStream out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        u64(out, utf8.length);
        out.writeBytes(utf8);
    }

    private static void u32(ByteArrayOutputStream out, int value) {
        out.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    private static void u64(ByteArrayOutputStream out, long value) {
        out.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }
}
