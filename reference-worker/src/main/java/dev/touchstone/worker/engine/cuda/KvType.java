package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.model.gguf.TensorType;

/** How keys and values are stored. */
public enum KvType {
    F16(0, 2),
    F32(1, 4);

    private final int code;
    private final int bytes;

    KvType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** What kernels call it. */
    int code() {
        return code;
    }

    /** The same as a type of tensors, by which kernels have instances. */
    TensorType asTensor() {
        return this == F16 ? TensorType.F16 : TensorType.F32;
    }

    /** Bytes of an element. */
    int bytes() {
        return bytes;
    }
}
