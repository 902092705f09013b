package dev.touchstone.features.teeth.wire;

import java.io.ByteArrayOutputStream;

/**
 * The chunks of RFC 9112, section 7.1. After a malformed one everything up to the end of the connection belongs to the
 * body. Not thread-safe.
 */
final class ChunkedFraming implements BodyFraming {

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER_START,
        TRAILER,
        TRAILER_LF,
        LAST_LF,
        DONE,
        MALFORMED
    }

    private static final int MOST_DIGITS = 8;

    private State state = State.SIZE;
    private long size;
    private int digits;
    private boolean unusual;

    @Override
    public int consume(byte[] bytes, int from, ByteArrayOutputStream decoded) {
        int at = from;
        while (at < bytes.length && state != State.DONE) {
            if (state == State.MALFORMED) {
                return bytes.length;
            }
            if (state == State.DATA) {
                int taken = (int) Math.min(size, bytes.length - at);
                decoded.write(bytes, at, taken);
                size -= taken;
                at += taken;
                state = size == 0 ? State.DATA_CR : State.DATA;
            } else {
                state = after((char) (bytes[at++] & 0xff));
            }
        }
        return at;
    }

    private State after(char c) {
        return switch (state) {
            case SIZE -> afterSize(c);
            case EXTENSION -> c == '\r' ? State.SIZE_LF : c == '\n' ? State.MALFORMED : State.EXTENSION;
            case SIZE_LF -> c == '\n' ? afterSizeLine() : State.MALFORMED;
            case DATA_CR -> c == '\r' ? State.DATA_LF : State.MALFORMED;
            case DATA_LF -> c == '\n' ? nextSize() : State.MALFORMED;
            case TRAILER_START -> c == '\r' ? State.LAST_LF : trailer();
            case TRAILER -> c == '\r' ? State.TRAILER_LF : State.TRAILER;
            case TRAILER_LF -> c == '\n' ? State.TRAILER_START : State.MALFORMED;
            case LAST_LF -> c == '\n' ? State.DONE : State.MALFORMED;
            case DATA, DONE, MALFORMED -> state;
        };
    }

    private State afterSize(char c) {
        int digit = c < 0x80 ? Character.digit(c, 16) : -1;
        if (digit >= 0 && digits < MOST_DIGITS) {
            size = size * 16 + digit;
            digits++;
            return State.SIZE;
        }
        if (digits == 0) {
            return State.MALFORMED;
        }
        if (c == ';') {
            unusual = true;
            return State.EXTENSION;
        }
        return c == '\r' ? State.SIZE_LF : State.MALFORMED;
    }

    private State afterSizeLine() {
        return size == 0 ? State.TRAILER_START : State.DATA;
    }

    private State nextSize() {
        size = 0;
        digits = 0;
        return State.SIZE;
    }

    private State trailer() {
        unusual = true;
        return State.TRAILER;
    }

    @Override
    public boolean isDone() {
        return state == State.DONE;
    }

    @Override
    public boolean endsWithConnection() {
        return isMalformed();
    }

    @Override
    public boolean isMalformed() {
        return state == State.MALFORMED;
    }

    /** Whether it has extensions or trailers, which hardly anybody sends. */
    boolean isUnusual() {
        return unusual;
    }
}
