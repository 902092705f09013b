package dev.touchstone.harness.sse;

/** What the strict reader looks at beyond what a lenient parser needs. */
public enum SseRule {
    /** The body ends with a blank line; an event that no blank line dispatches is discarded by every reader. */
    UNTERMINATED_EVENT,
    /** Every byte is UTF-8. */
    INVALID_UTF8,
    /** A byte order mark may stand only at the very start of the body. */
    BOM_IN_MID_STREAM,
    /** A line is a comment, or a field of the standard; others are legal and ignored, but recorded. */
    UNKNOWN_FIELD,
    /** Lines end with CR, LF or CRLF; CR CR LF is two line ends where one was meant. */
    STRAY_CARRIAGE_RETURN,
    /** An event that has a type but no data is never dispatched; an id or a retry alone is legal. */
    EVENT_WITHOUT_DATA,
    /** NUL does not belong into an event stream. */
    NUL_BYTE;

    /** Whether the standard allows what this rule records, so that a finding is information and never a fault. */
    public boolean legal() {
        return this == UNKNOWN_FIELD;
    }
}
