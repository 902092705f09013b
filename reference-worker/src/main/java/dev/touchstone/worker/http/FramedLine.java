package dev.touchstone.worker.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Collects the bytes of one line up to its CRLF. A CR or LF of its own and any other control character but the tab are
 * refused: what one reader takes for the end of a line, another may not (RFC 9112, section 2.2). Not thread-safe.
 */
final class FramedLine {
    private final String owner;
    private final int limit;
    private byte[] bytes = new byte[128];
    private int length;
    private boolean carriageReturn;

    /**
     * @param owner "head" or "body": what a message names
     * @param limit most bytes of a line, without its end
     */
    FramedLine(String owner, int limit) {
        this.owner = owner;
        this.limit = limit;
    }

    /** Takes the next byte and returns whether it ends the line. */
    boolean accept(byte b) throws RefusedRequest {
        if (carriageReturn != (b == '\n')) {
            throw RefusedRequest.invalid(owner, owner + " must end its lines with CR LF and hold neither elsewhere.");
        }
        if (b == '\n') {
            return true;
        }
        if (b == '\r') {
            carriageReturn = true;
            return false;
        }
        if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7F) {
            throw RefusedRequest.invalid(owner, owner + " must hold no control characters.");
        }
        if (length == limit) {
            throw RefusedRequest.invalid(owner, owner + " must hold no line of more than " + limit + " bytes.");
        }
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(limit, 2 * length));
        }
        bytes[length++] = b;
        return false;
    }

    /** The line so far, each byte as the character of its value. */
    String text() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    /** Returns the line and begins the next one. */
    String take() {
        String line = text();
        length = 0;
        carriageReturn = false;
        return line;
    }
}
