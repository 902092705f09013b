package dev.touchstone.worker.http;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Follows the framing of all requests on one connection (RFC 9112, sections 2.2, 3, 5, 6 and 7) and finds the first byte
 * at which two readers could disagree about where a request ends. It does no I/O and keeps no bytes but those of the
 * line at hand. Not thread-safe.
 */
final class RequestFraming {
    private final FramedLine line = new FramedLine("head", RequestHead.MAX_LINE);
    private RequestHead head = new RequestHead();
    private Optional<ChunkedFraming> chunks = Optional.empty();
    private long bodyLeft;
    private boolean headBegun;
    private long heads;
    private Optional<RefusedRequest> violation = Optional.empty();

    /**
     * Takes the next bytes of the connection and returns how many of them may be handed on: none of a head that is not
     * whole yet, and none from the first violation on. A head that began in earlier bytes may be handed on as a whole
     * with the first count above 0. Nothing is taken after a violation.
     */
    int accept(ByteBuffer bytes) {
        int begin = bytes.position();
        int headAt = begin;
        try {
            while (bytes.hasRemaining() && violation.isEmpty()) {
                if (inBody()) {
                    body(bytes);
                } else {
                    headAt = headBegun ? headAt : bytes.position();
                    headBegun = true;
                    head(bytes);
                }
            }
        } catch (RefusedRequest e) {
            violation = Optional.of(e);
            return (inBody() ? bytes.position() - 1 : headAt) - begin;
        }
        return (headBegun ? headAt : bytes.position()) - begin;
    }

    Optional<RefusedRequest> violation() {
        return violation;
    }

    /** How many heads have come whole. */
    long heads() {
        return heads;
    }

    /** Whether the body of the last head is still to come or coming. */
    boolean inBody() {
        return bodyLeft > 0 || chunks.isPresent();
    }

    /** Whether a request has begun and not come to its end. */
    boolean inRequest() {
        return headBegun || inBody();
    }

    private void head(ByteBuffer bytes) throws RefusedRequest {
        while (bytes.hasRemaining()) {
            if (line.accept(bytes.get()) && head.accept(line.take())) {
                heads++;
                headBegun = false;
                bodyLeft = head.length();
                chunks = head.chunked() ? Optional.of(new ChunkedFraming()) : Optional.empty();
                head = new RequestHead();
                return;
            }
        }
    }

    private void body(ByteBuffer bytes) throws RefusedRequest {
        if (chunks.isPresent()) {
            if (chunks.get().accept(bytes)) {
                chunks = Optional.empty();
            }
        } else {
            int taken = (int) Math.min(bodyLeft, bytes.remaining());
            bytes.position(bytes.position() + taken);
            bodyLeft -= taken;
        }
    }
}
