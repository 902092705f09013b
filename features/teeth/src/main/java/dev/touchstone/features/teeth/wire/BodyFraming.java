package dev.touchstone.features.teeth.wire;

import java.io.ByteArrayOutputStream;

/** Where a message's body ends (RFC 9112, section 6). Fed with the bytes as they come. Not thread-safe. */
interface BodyFraming {

    /**
     * Reads bytes of the body and writes what they say, without the framing.
     *
     * @return the index behind the last byte that belongs to the body
     */
    int consume(byte[] bytes, int from, ByteArrayOutputStream decoded);

    boolean isDone();

    /** Whether the end of the connection is the end of the body. */
    default boolean endsWithConnection() {
        return false;
    }

    /** Whether it is not what its sender said. */
    default boolean isMalformed() {
        return false;
    }

    /** A body of so many bytes. */
    static BodyFraming ofLength(long length) {
        return new BodyFraming() {
            private long left = length;

            @Override
            public int consume(byte[] bytes, int from, ByteArrayOutputStream decoded) {
                int taken = (int) Math.min(left, bytes.length - from);
                decoded.write(bytes, from, taken);
                left -= taken;
                return from + taken;
            }

            @Override
            public boolean isDone() {
                return left == 0;
            }
        };
    }

    /** A body up to the end of the connection. */
    static BodyFraming untilClose() {
        return new BodyFraming() {
            @Override
            public int consume(byte[] bytes, int from, ByteArrayOutputStream decoded) {
                decoded.write(bytes, from, bytes.length - from);
                return bytes.length;
            }

            @Override
            public boolean isDone() {
                return false;
            }

            @Override
            public boolean endsWithConnection() {
                return true;
            }
        };
    }
}
