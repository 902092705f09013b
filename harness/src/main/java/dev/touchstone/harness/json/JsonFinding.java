package dev.touchstone.harness.json;

/**
 * Why a text is not the JSON that was wanted.
 *
 * @param detail one sentence without its full stop
 * @param offset in characters of the text
 */
public record JsonFinding(Kind kind, String detail, long offset) {

    public enum Kind {
        NOT_JSON,
        /** A text that may be JSON, but is nested deeper or has a longer number than this reader takes. */
        BEYOND_LIMIT,
        DUPLICATE_KEY,
        TRAILING_TEXT,
        /** A string that no Unicode text can hold; legal by RFC 8259's grammar, unpredictable by its section 8.2. */
        LONE_SURROGATE,
        /** Forbidden to senders by RFC 8259, section 8.1; readers may ignore it. */
        BYTE_ORDER_MARK,
        INVALID_UTF8
    }
}
