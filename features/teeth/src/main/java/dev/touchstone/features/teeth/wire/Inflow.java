package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/**
 * What one side sent and nobody has taken yet, in the pieces in which it was read. It is read ahead all the time, within a
 * bound, so that the side's FIN or RST is noticed whatever else goes on. Thread-safe.
 */
final class Inflow {

    private final Signal signal;
    private final int bound;
    private final Deque<byte[]> pieces = new ArrayDeque<>();
    private int waiting;
    private boolean over;
    private boolean broken;
    private boolean discarding;

    /** @param bound when so many bytes wait no more are read, so that the sender is held back in its turn; the most of one piece */
    Inflow(Signal signal, int bound) {
        this.signal = signal;
        this.bound = bound;
    }

    /** Reads until the end; the thread that calls it does nothing else. */
    void readAll(InputStream in) throws InterruptedException {
        byte[] piece = new byte[bound];
        try {
            while (true) {
                signal.await(() -> waiting < bound || discarding);
                int got = in.read(piece);
                if (got < 0) {
                    return;
                }
                byte[] copy = Arrays.copyOf(piece, got);
                signal.change(() -> add(copy));
            }
        } catch (IOException e) {
            breakOff();
        } finally {
            signal.change(() -> over = true);
        }
    }

    private void add(byte[] piece) {
        if (!discarding) {
            pieces.addLast(piece);
            waiting += piece.length;
        }
    }

    /** The next piece as soon as there is one; empty after a FIN. What came before a RST is given before it throws. */
    Optional<byte[]> take() throws IOException {
        signal.awaitUnlessInterrupted(this::tells);
        return signal.ask(this::next);
    }

    private Optional<byte[]> next() throws IOException {
        Optional<byte[]> piece = Optional.ofNullable(pieces.pollFirst());
        piece.ifPresent(bytes -> signal.change(() -> waiting -= bytes.length));
        if (piece.isEmpty() && broken) {
            throw new SocketException("the connection was broken off");
        }
        return piece;
    }

    /** Waits for a piece or the end; false where neither came in time. */
    boolean awaitSomething(Duration most) throws IOException {
        return signal.awaitUnlessInterrupted(this::tells, most);
    }

    /** Gives back what was taken too much, to be taken next. */
    void putBack(byte[] piece) {
        if (piece.length > 0) {
            signal.change(() -> {
                pieces.addFirst(piece);
                waiting += piece.length;
            });
        }
    }

    /** Whether {@link #take} has an answer at once. */
    boolean tells() {
        return signal.is(() -> !pieces.isEmpty() || over);
    }

    boolean isEmpty() {
        return signal.is(pieces::isEmpty);
    }

    /** Whether a FIN came, though what came before may still wait. */
    boolean isEnded() {
        return signal.is(() -> over && !broken);
    }

    /** Whether the connection was broken off. */
    boolean isBroken() {
        return signal.is(() -> broken);
    }

    /**
     * A read or a write found the connection broken. After a write's failure the system gives a reader what had come before,
     * and then tells it of no more than an end.
     */
    void breakOff() {
        signal.change(() -> broken = true);
    }

    /** From now on what comes is read and forgotten. */
    void discard() {
        signal.change(() -> {
            discarding = true;
            pieces.clear();
            waiting = 0;
        });
    }
}
