package dev.touchstone.harness.sse;

import java.util.List;

/**
 * What the strict reader made of a body.
 *
 * @param events dispatched events, in order
 * @param comments number of comment lines
 * @param findings departures from well-formed SSE
 */
public record SseStream(List<SseEvent> events, int comments, List<SseFinding> findings) {
    public SseStream {
        events = List.copyOf(events);
        findings = List.copyOf(findings);
    }
}
