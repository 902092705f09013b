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
        DUPLICATE_KEY,
        TRAILING_TEXT,
        LONE_SURROGATE
    }
}
