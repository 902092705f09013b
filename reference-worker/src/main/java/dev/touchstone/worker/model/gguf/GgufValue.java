package dev.touchstone.worker.model.gguf;

import java.util.List;

/** One metadata value, by what it is rather than by how wide it was stored. */
sealed interface GgufValue {

    record Text(String value) implements GgufValue {}

    /** An integer of any width; an unsigned one of 64 bits above {@link Long#MAX_VALUE} is refused on reading. */
    record Whole(long value) implements GgufValue {}

    record Real(double value) implements GgufValue {}

    record Flag(boolean value) implements GgufValue {}

    record Texts(List<String> values) implements GgufValue {}

    /** Numbers and booleans as they lie in the file, so that a huge array of bytes costs no more memory than there. */
    record Numbers(GgufValueType type, byte[] raw) implements GgufValue {

        int count() {
            return raw.length / type.width();
        }
    }
}
