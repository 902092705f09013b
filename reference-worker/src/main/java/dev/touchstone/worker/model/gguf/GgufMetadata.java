package dev.touchstone.worker.model.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SequencedSet;

/**
 * A model file's key-value pairs. A getter is empty both for a missing key and for a value of another kind; integers of
 * every width answer {@link #integer}. Immutable, thread-safe, and still valid after the file is closed.
 */
public final class GgufMetadata {
    private final Map<String, GgufValue> values;

    GgufMetadata(Map<String, GgufValue> values) {
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** All keys in the file's order. */
    public SequencedSet<String> keys() {
        return Collections.unmodifiableSequencedSet(new LinkedHashSet<>(values.keySet()));
    }

    public Optional<String> string(String key) {
        return values.get(key) instanceof GgufValue.Text text ? Optional.of(text.value()) : Optional.empty();
    }

    public OptionalLong integer(String key) {
        return values.get(key) instanceof GgufValue.Whole whole ? OptionalLong.of(whole.value()) : OptionalLong.empty();
    }

    /** A floating-point value; an integer is read as one too. */
    public OptionalDouble real(String key) {
        return switch (values.get(key)) {
            case GgufValue.Real real -> OptionalDouble.of(real.value());
            case GgufValue.Whole whole -> OptionalDouble.of(whole.value());
            case null, default -> OptionalDouble.empty();
        };
    }

    public Optional<Boolean> flag(String key) {
        return values.get(key) instanceof GgufValue.Flag flag ? Optional.of(flag.value()) : Optional.empty();
    }

    public Optional<List<String>> strings(String key) {
        return values.get(key) instanceof GgufValue.Texts texts ? Optional.of(texts.values()) : Optional.empty();
    }

    /** An array of integers of any width; 64-bit unsigned ones wrap around. The array is the caller's own. */
    public Optional<long[]> integers(String key) {
        if (!(values.get(key) instanceof GgufValue.Numbers numbers)
                || numbers.type().real()) {
            return Optional.empty();
        }
        ByteBuffer raw = ByteBuffer.wrap(numbers.raw()).order(ByteOrder.LITTLE_ENDIAN);
        long[] wholes = new long[numbers.count()];
        for (int i = 0; i < wholes.length; i++) {
            wholes[i] = wholeAt(raw, numbers.type(), i);
        }
        return Optional.of(wholes);
    }

    /** An array of floating-point values. The array is the caller's own. */
    public Optional<double[]> reals(String key) {
        if (!(values.get(key) instanceof GgufValue.Numbers numbers)
                || !numbers.type().real()) {
            return Optional.empty();
        }
        ByteBuffer raw = ByteBuffer.wrap(numbers.raw()).order(ByteOrder.LITTLE_ENDIAN);
        double[] reals = new double[numbers.count()];
        for (int i = 0; i < reals.length; i++) {
            reals[i] = numbers.type() == GgufValueType.FLOAT32 ? raw.getFloat() : raw.getDouble();
        }
        return Optional.of(reals);
    }

    /** Reads element {@code index} of integers or booleans that lie one after another. */
    static long wholeAt(ByteBuffer raw, GgufValueType type, int index) {
        int at = index * type.width();
        return switch (type) {
            case UINT8, BOOL -> raw.get(at) & 0xFFL;
            case INT8 -> raw.get(at);
            case UINT16 -> raw.getShort(at) & 0xFFFFL;
            case INT16 -> raw.getShort(at);
            case UINT32 -> raw.getInt(at) & 0xFFFF_FFFFL;
            case INT32 -> raw.getInt(at);
            case UINT64, INT64 -> raw.getLong(at);
            case FLOAT32, FLOAT64, STRING, ARRAY ->
                throw new IllegalArgumentException(type + " is not an integer type");
        };
    }
}
