package dev.touchstone.worker.http;

import java.nio.ByteBuffer;
import java.util.Set;

/**
 * Follows a chunked body to its end (RFC 9112, section 7.1): size lines, data, and trailer fields, which must not try to
 * frame anything themselves. Looks at no byte of the data. Not thread-safe.
 */
final class ChunkedFraming {
    private static final int MAX_SIZE_LINE = 256;
    private static final int MAX_DIGITS = 12;
    private static final int MAX_TRAILERS = 32;

    private static final Set<String> FRAMING = Set.of("content-length", "transfer-encoding", "host");

    private enum Place {
        SIZE,
        DATA,
        DATA_END,
        TRAILER
    }

    private final FramedLine size = new FramedLine("body", MAX_SIZE_LINE);
    private final FramedLine trailer = new FramedLine("body", RequestHead.MAX_LINE);
    private Place place = Place.SIZE;
    private long left;
    private int trailers;
    private boolean carriageReturn;

    /** Takes bytes up to the end of the body, if it is among them, and returns whether it was. */
    boolean accept(ByteBuffer bytes) throws RefusedRequest {
        while (bytes.hasRemaining()) {
            if (place == Place.DATA) {
                int taken = (int) Math.min(left, bytes.remaining());
                bytes.position(bytes.position() + taken);
                left -= taken;
                place = left == 0 ? Place.DATA_END : place;
            } else if (accept(bytes.get())) {
                return true;
            }
        }
        return false;
    }

    private boolean accept(byte b) throws RefusedRequest {
        if (place == Place.DATA_END) {
            dataEnd(b);
        } else if (place == Place.SIZE) {
            if (size.accept(b)) {
                left = size(size.take());
                place = left == 0 ? Place.TRAILER : Place.DATA;
            }
        } else if (trailer.accept(b)) {
            return trailer.take().isEmpty();
        } else if (b == '\r') {
            // At the CR and not at the LF, because there Undertow would drop the connection on what is no field.
            trailer(trailer.text());
        }
        return false;
    }

    private void dataEnd(byte b) throws RefusedRequest {
        if (b != (carriageReturn ? '\n' : '\r')) {
            throw RefusedRequest.invalid("body", "body must end each chunk where its size says.");
        }
        carriageReturn = !carriageReturn;
        place = carriageReturn ? place : Place.SIZE;
    }

    private static long size(String line) throws RefusedRequest {
        int digits = 0;
        long size = 0;
        while (digits < line.length() && Character.digit(line.charAt(digits), 16) >= 0) {
            size = (size << 4) | Character.digit(line.charAt(digits++), 16);
            if (digits > MAX_DIGITS) {
                throw RefusedRequest.invalid("body", "body must hold chunk sizes of at most 12 hexadecimal digits.");
            }
        }
        String extension = line.substring(digits).stripLeading();
        if (digits == 0 || !(digits == line.length() || extension.startsWith(";"))) {
            throw RefusedRequest.invalid("body", "body must hold chunk sizes of hexadecimal digits alone.");
        }
        return size;
    }

    private void trailer(String line) throws RefusedRequest {
        if (line.isEmpty()) {
            return;
        }
        String name = RequestHead.Field.of("body", line).name();
        if (++trailers > MAX_TRAILERS || FRAMING.contains(name)) {
            throw RefusedRequest.invalid("body", "body must hold at most 32 trailer fields, none of which frames it.");
        }
    }
}
