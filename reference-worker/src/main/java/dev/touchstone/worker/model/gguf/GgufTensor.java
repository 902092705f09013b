package dev.touchstone.worker.model.gguf;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One tensor, its bytes still in the mapped file. Immutable; the data may be read from any thread until the
 * {@link GgufFile} is closed.
 *
 * @param name such as {@code blk.0.attn_q.weight}
 * @param shape 1 to 4 lengths in GGUF's order: the first is the length of a row, which is contiguous
 * @param data exactly the tensor's bytes, little-endian, read-only, aligned as the file says (32 bytes by default)
 */
public record GgufTensor(String name, TensorType type, List<Long> shape, MemorySegment data) {

    public GgufTensor {
        shape = List.copyOf(shape);
    }

    /** Number of elements of all rows. */
    public long elements() {
        return rowLength() * rows();
    }

    /** Elements of a row. */
    public long rowLength() {
        return shape.getFirst();
    }

    /** Number of rows: the product of all lengths but the first. */
    public long rows() {
        return shape.stream().skip(1).reduce(1L, (a, b) -> a * b);
    }

    /** Bytes from one row to the next. */
    public long rowBytes() {
        return rowLength() / type.blockSize() * type.bytesPerBlock();
    }
}
