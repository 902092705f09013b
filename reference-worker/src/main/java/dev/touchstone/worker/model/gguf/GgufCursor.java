package dev.touchstone.worker.model.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads little-endian fields one after another and refuses to step over the end. Not thread-safe. */
final class GgufCursor {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final MemorySegment bytes;
    private long position;

    GgufCursor(Path file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    long position() {
        return position;
    }

    long remaining() {
        return bytes.byteSize() - position;
    }

    int u32(String what) throws GgufException {
        return bytes.get(INT, advance(4, what));
    }

    long u64(String what) throws GgufException {
        return bytes.get(LONG, advance(8, what));
    }

    /** Reads a length or count and refuses it unless it lies in {@code 0..most}; allocates nothing. */
    long count(String what, long most) throws GgufException {
        long count = u64(what);
        if (count < 0 || count > most) {
            throw refuse("%s is %s; accepted are 0 to %d.".formatted(what, Long.toUnsignedString(count), most));
        }
        return count;
    }

    /** Reads a length and that many bytes of UTF-8. */
    String text(String what, int most) throws GgufException {
        int length = (int) count("the length of " + what, most);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(raw(length, what)))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw refuse("%s at byte %d is not UTF-8.".formatted(what, position - length));
        }
    }

    byte[] raw(int length, String what) throws GgufException {
        long from = advance(length, what);
        return bytes.asSlice(from, length).toArray(ValueLayout.JAVA_BYTE);
    }

    GgufException refuse(String sentence) {
        return new GgufException(file, sentence);
    }

    private long advance(long length, String what) throws GgufException {
        if (length > remaining()) {
            throw refuse("the file ends at byte %d, inside %s, which needs %d bytes from byte %d on."
                    .formatted(bytes.byteSize(), what, length, position));
        }
        long from = position;
        position += length;
        return from;
    }
}
