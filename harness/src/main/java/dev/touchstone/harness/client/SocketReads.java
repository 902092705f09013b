package dev.touchstone.harness.client;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.function.LongSupplier;

/**
 * Counts the socket reads made for one exchange and remembers when the latest returned. Confined to the thread that
 * reads the exchange, which finds it through {@link #CURRENT}.
 */
final class SocketReads {

    static final ScopedValue<SocketReads> CURRENT = ScopedValue.newInstance();

    /** A head, or the frame of a body's next byte, needs far less; a parser above would keep it all. */
    private static final long MOST_UNRECORDED = 1024 * 1024;

    /** First byte of a TLS alert, RFC 8446, section 5.1. */
    private static final int TLS_ALERT = 21;

    private final LongSupplier nanoTime;
    private int count;
    private long latest;
    private long unrecorded;
    private int firstByte = -1;
    private boolean ended;

    SocketReads(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.latest = nanoTime.getAsLong();
    }

    /**
     * Takes note of a read that brought bytes.
     *
     * @throws ProtocolException where many came and none was one of the body
     */
    void delivered(byte[] buffer, int length) throws IOException {
        latest = nanoTime.getAsLong();
        if (count++ == 0) {
            firstByte = buffer[0];
        }
        unrecorded += length;
        if (unrecorded > MOST_UNRECORDED) {
            throw new ProtocolException(
                    "more than %,d bytes came without a byte of the body".formatted(MOST_UNRECORDED));
        }
    }

    /** Takes note that a piece of the body was recorded. */
    void recorded() {
        unrecorded = 0;
    }

    /** Takes note that the worker closed its side. */
    void end() {
        ended = true;
    }

    boolean ended() {
        return ended;
    }

    /** Whether the first byte that came begins a TLS alert. */
    boolean beganWithTlsAlert() {
        return firstByte == TLS_ALERT;
    }

    /** Running number of the latest socket read, from 1; 0 before the first. */
    int number() {
        return count;
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /** When the latest socket read returned, on the clock given. */
    long at() {
        return latest;
    }
}
