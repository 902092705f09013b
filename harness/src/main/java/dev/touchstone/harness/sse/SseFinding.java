package dev.touchstone.harness.sse;

/**
 * A departure from well-formed SSE, found on the byte level.
 *
 * @param rule which rule of the standard or of this contract
 * @param detail what was there instead
 * @param byteOffset where, in the body
 */
public record SseFinding(SseRule rule, String detail, long byteOffset) {}
