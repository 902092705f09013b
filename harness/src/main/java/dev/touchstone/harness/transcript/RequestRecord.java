package dev.touchstone.harness.transcript;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A request as it was sent.
 *
 * @param headers in order; secrets are already redacted
 * @param body raw bytes, never modified
 */
public record RequestRecord(
        String method, String url, List<Map.Entry<String, String>> headers, byte[] body, Instant sentAt) {}
