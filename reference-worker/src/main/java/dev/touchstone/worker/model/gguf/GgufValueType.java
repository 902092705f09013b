package dev.touchstone.worker.model.gguf;

import java.util.Optional;

/** The types of metadata values, in the order of their numbers in the GGUF specification. */
enum GgufValueType {
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    FLOAT32(4),
    BOOL(1),
    STRING(0),
    ARRAY(0),
    UINT64(8),
    INT64(8),
    FLOAT64(8);

    private static final GgufValueType[] BY_ID = values();

    private final int width;

    GgufValueType(int width) {
        this.width = width;
    }

    /** Bytes of one value; 0 where it varies. */
    int width() {
        return width;
    }

    boolean real() {
        return this == FLOAT32 || this == FLOAT64;
    }

    static Optional<GgufValueType> ofId(int id) {
        return id >= 0 && id < BY_ID.length ? Optional.of(BY_ID[id]) : Optional.empty();
    }
}
