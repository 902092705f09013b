package dev.touchstone.harness.transcript;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A request as it was sent.
 *
 * @param method {@link #RAW} where the bytes were not formed by an HTTP client
 * @param headers in order, with the target's token already redacted; empty for a raw request
 * @param body raw bytes, never modified; for a raw request all that was sent, with the token's mark for the token
 */
public record RequestRecord(
        String method, String url, List<Map.Entry<String, String>> headers, byte[] body, Instant sentAt) {

    /** Stands for the method of a request whose bytes a scenario gave as a whole. */
    public static final String RAW = "RAW";
}
