package dev.touchstone.harness.transcript;

/**
 * Bytes of a response body that arrived together.
 *
 * @param offset of the first byte in the body
 * @param bytes never modified after construction
 * @param nanos arrival, nanoseconds since the request was sent
 * @param read running number of the socket read that delivered them; chunks of one read share it
 */
public record Chunk(long offset, byte[] bytes, long nanos, int read) {

    /** What a chunk takes of the memory beside its bytes, in bytes. */
    private static final int OVERHEAD = 64;

    /** What it takes of the memory, in bytes. */
    public long weight() {
        return bytes.length + OVERHEAD;
    }

    /** Offset of the first byte after it. */
    public long end() {
        return offset + bytes.length;
    }
}
