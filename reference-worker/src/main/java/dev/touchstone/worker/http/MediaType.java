package dev.touchstone.worker.http;

import dev.touchstone.worker.job.ErrorCode;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.util.Locale;
import java.util.Set;

/** What a body must be before it is read: JSON in UTF-8, not compressed. */
final class MediaType {
    private static final Set<String> CHARSETS = Set.of("utf-8", "utf8", "us-ascii", "ascii");

    private MediaType() {}

    static void check(HeaderMap headers) throws RefusedRequest {
        String[] parts = String.valueOf(headers.getFirst(Headers.CONTENT_TYPE)).split(";", -1);
        if (!parts[0].strip().equalsIgnoreCase("application/json")) {
            throw refuse("content-type", "content-type must be application/json.");
        }
        for (int i = 1; i < parts.length; i++) {
            String[] parameter = parts[i].strip().toLowerCase(Locale.ROOT).split("=", 2);
            if (parameter[0].equals("charset")
                    && !CHARSETS.contains(parameter[parameter.length - 1].replace("\"", ""))) {
                throw refuse("content-type", "content-type must be application/json in UTF-8.");
            }
        }
        String encoding = headers.getFirst(Headers.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw refuse("content-encoding", "content-encoding must be left out, for a compressed body is not read.");
        }
    }

    private static RefusedRequest refuse(String field, String message) {
        return new RefusedRequest(415, ErrorCode.INVALID_REQUEST, field, message);
    }
}
