package dev.touchstone.features.teeth.wire;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole request, and its bytes as they came.
 *
 * @param original head and body with their framing
 */
record ReceivedRequest(ClientRequest request, byte[] original) {

    /** The bytes of a request: those that came where it is the same, else with a length that is right. */
    byte[] bytesOf(ClientRequest other) {
        if (other == request) {
            return original;
        }
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(Head.bytes(other.method() + " " + other.target() + " HTTP/1.1", headersOf(other)));
        bytes.writeBytes(other.body());
        return bytes.toByteArray();
    }

    private static List<HeaderLine> headersOf(ClientRequest request) {
        var length = new HeaderLine("Content-Length", Integer.toString(request.body().length));
        List<HeaderLine> headers = new ArrayList<>();
        boolean told = false;
        for (HeaderLine header : request.headers()) {
            if (!header.is("Content-Length") && !header.is("Transfer-Encoding")) {
                headers.add(header);
            } else if (!told) {
                headers.add(length);
                told = true;
            }
        }
        if (!told && request.body().length > 0) {
            headers.add(length);
        }
        return headers;
    }
}
