package dev.touchstone.worker.engine.cuda;

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

    /** Bytes of an element. */
    int bytes() {
        return bytes;
    }
}
