package dev.touchstone.harness.transcript;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Status line and headers of a response.
 *
 * @param headers in order of arrival
 * @param nanos arrival, nanoseconds since the request was sent
 */
public record ResponseHead(String protocol, int status, List<Map.Entry<String, String>> headers, long nanos) {

    /** Finds the first header of that name, whatever its case. */
    public Optional<String> header(String name) {
        return headers.stream()
                .filter(h -> h.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
