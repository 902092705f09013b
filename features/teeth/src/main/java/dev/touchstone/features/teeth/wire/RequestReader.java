package dev.touchstone.features.teeth.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads one request. Anything but a plain, whole, prompt request is left to the worker, byte by byte: how a worker takes
 * what is odd is what the kit wants to see. Not thread-safe.
 */
final class RequestReader {

    /** What was read: a whole request, or bytes to be passed on as they are. */
    sealed interface Outcome {
        record Whole(ReceivedRequest received) implements Outcome {}

        record Odd(byte[] soFar) implements Outcome {}
    }

    static final int MOST_BODY = 3 * 1024 * 1024;
    private static final Duration STALL = Duration.ofMillis(300);
    /** So that a request that drips does reach the worker. */
    private static final Duration MOST = Duration.ofSeconds(1);

    private final Inflow inflow;
    private final ByteArrayOutputStream original = new ByteArrayOutputStream();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final long begin = System.nanoTime();

    RequestReader(Inflow inflow) {
        this.inflow = inflow;
    }

    /** Reads as soon as a first piece is there. */
    Outcome read() throws IOException {
        Optional<RequestHead> head = readHead();
        return head.isPresent() && readBody(head.get())
                ? new Outcome.Whole(head.get().whole(body.toByteArray(), original.toByteArray()))
                : new Outcome.Odd(original.toByteArray());
    }

    private Optional<RequestHead> readHead() throws IOException {
        byte[] soFar = new byte[0];
        int end = -1;
        while (end < 0) {
            if (soFar.length > Head.MOST_BYTES || !more()) {
                return Optional.empty();
            }
            soFar = original.toByteArray();
            end = Head.end(soFar, soFar.length);
        }
        // The body's framing has yet to say what of the rest belongs to this request.
        original.reset();
        original.write(soFar, 0, end);
        inflow.putBack(Arrays.copyOfRange(soFar, end, soFar.length));
        return RequestHead.of(Arrays.copyOf(soFar, end));
    }

    private boolean readBody(RequestHead head) throws IOException {
        BodyFraming framing = head.framing();
        while (!framing.isDone()) {
            Optional<byte[]> piece = next();
            if (piece.isEmpty()) {
                return false;
            }
            int end = framing.consume(piece.get(), 0, body);
            original.write(piece.get(), 0, end);
            inflow.putBack(Arrays.copyOfRange(piece.get(), end, piece.get().length));
            if (framing.isMalformed() || body.size() > MOST_BODY) {
                return false;
            }
        }
        return !(framing instanceof ChunkedFraming chunks && chunks.isUnusual());
    }

    private boolean more() throws IOException {
        Optional<byte[]> piece = next();
        piece.ifPresent(original::writeBytes);
        return piece.isPresent();
    }

    /** Empty where it did not come in time or at all. */
    private Optional<byte[]> next() throws IOException {
        Duration left = MOST.minusNanos(System.nanoTime() - begin);
        return inflow.awaitSomething(left.compareTo(STALL) < 0 ? left : STALL) ? inflow.take() : Optional.empty();
    }
}
