package dev.touchstone.harness.sse;

/**
 * One event as the WHATWG HTML standard dispatches it.
 *
 * @param type the {@code event} field, {@code message} where there was none
 * @param data the data lines, joined by a line feed
 * @param id the last event id
 * @param start offset of the event's first byte in the body
 * @param end offset just after the blank line that dispatched it
 * @param nanos arrival of the byte that dispatched it, nanoseconds since the request was sent
 * @param read number of the socket read that delivered that byte
 */
public record SseEvent(String type, String data, String id, long start, long end, long nanos, int read) {}
