package dev.touchstone.worker.model.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the key-value part of a GGUF file. Limits are far above any real model's, and bound what a hostile file can make
 * us allocate. Not thread-safe.
 */
final class MetadataReader {
    private static final int MOST_KEYS = 65_536;
    private static final int LONGEST_KEY = 65_535;
    private static final int LONGEST_TEXT = 16 << 20;
    private static final int MOST_ELEMENTS = 4 << 20;
    private static final long MOST_BYTES = 128L << 20;

    private final GgufCursor cursor;
    private long textsLeft = MOST_ELEMENTS;

    MetadataReader(GgufCursor cursor) {
        this.cursor = cursor;
    }

    static int mostKeys() {
        return MOST_KEYS;
    }

    GgufMetadata read(long count) throws GgufException {
        Map<String, GgufValue> values = new LinkedHashMap<>();
        long start = cursor.position();
        for (long i = 0; i < count; i++) {
            String key = cursor.text("metadata key " + i, LONGEST_KEY);
            String what = "metadata " + GgufException.quote(key);
            GgufValue value = value(type(what), what);
            if (values.putIfAbsent(key, value) != null) {
                throw cursor.refuse(what + " occurs twice; each key is accepted once.");
            }
            if (cursor.position() - start > MOST_BYTES) {
                throw cursor.refuse("the metadata is longer than " + MOST_BYTES + " bytes, the most that is accepted.");
            }
        }
        return new GgufMetadata(values);
    }

    private GgufValueType type(String what) throws GgufException {
        int id = cursor.u32("the type of " + what);
        return GgufValueType.ofId(id)
                .orElseThrow(() -> cursor.refuse("%s has the unknown value type %s; accepted are 0 to 12."
                        .formatted(what, Integer.toUnsignedString(id))));
    }

    private GgufValue value(GgufValueType type, String what) throws GgufException {
        return switch (type) {
            case STRING -> new GgufValue.Text(cursor.text(what, LONGEST_TEXT));
            case ARRAY -> array(what);
            default -> scalar(type, what);
        };
    }

    private GgufValue scalar(GgufValueType type, String what) throws GgufException {
        ByteBuffer raw = ByteBuffer.wrap(cursor.raw(type.width(), what)).order(ByteOrder.LITTLE_ENDIAN);
        return switch (type) {
            case FLOAT32 -> new GgufValue.Real(raw.getFloat());
            case FLOAT64 -> new GgufValue.Real(raw.getDouble());
            case BOOL -> flag(raw.get(), what);
            case UINT64 -> whole(raw.getLong(), what);
            default -> new GgufValue.Whole(GgufMetadata.wholeAt(raw, type, 0));
        };
    }

    private GgufValue flag(byte stored, String what) throws GgufException {
        if (stored != 0 && stored != 1) {
            throw cursor.refuse("%s is a boolean stored as %d; accepted are 0 and 1.".formatted(what, stored & 0xFF));
        }
        return new GgufValue.Flag(stored == 1);
    }

    private GgufValue whole(long stored, String what) throws GgufException {
        if (stored < 0) {
            throw cursor.refuse(
                    "%s is %s; accepted is at most 2^63 - 1.".formatted(what, Long.toUnsignedString(stored)));
        }
        return new GgufValue.Whole(stored);
    }

    private GgufValue array(String what) throws GgufException {
        GgufValueType type = type("the elements of " + what);
        if (type == GgufValueType.ARRAY) {
            throw cursor.refuse(what + " is an array of arrays; accepted are arrays of numbers, booleans or strings.");
        }
        int count = (int) cursor.count("the element count of " + what, MOST_ELEMENTS);
        return type == GgufValueType.STRING
                ? texts(count, what)
                : new GgufValue.Numbers(type, cursor.raw(count * type.width(), what));
    }

    private GgufValue texts(int count, String what) throws GgufException {
        textsLeft -= count;
        if (count > cursor.remaining() / Long.BYTES || textsLeft < 0) {
            throw cursor.refuse("%s claims %d strings, more than the file can hold or than the %d accepted in all."
                    .formatted(what, count, MOST_ELEMENTS));
        }
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(cursor.text("an element of " + what, LONGEST_TEXT));
        }
        return new GgufValue.Texts(List.copyOf(texts));
    }
}
