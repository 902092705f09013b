package dev.touchstone.harness.sse;

/** The standard's buffers of the event under way; the last event id outlives an event. */
final class EventBuffer {

    private final StringBuilder data = new StringBuilder();
    private String type = "";
    private String id = "";
    private boolean hasFields;
    private boolean open;
    private long start;

    /** A comment keeps the block open without beginning its event. */
    void comment(long offset) {
        if (!open) {
            open = true;
            start = offset;
        }
    }

    /** A field line begins here; the first of a block is the event's first byte. */
    void begin(long offset) {
        if (!hasFields) {
            start = offset;
        }
        hasFields = true;
        open = true;
    }

    void type(String value) {
        type = value;
    }

    void data(String value) {
        data.append(value).append('\n');
    }

    void id(String value) {
        if (value.indexOf('\0') < 0) {
            id = value;
        }
    }

    /** Whether lines were read since the last blank line. */
    boolean isOpen() {
        return open;
    }

    boolean hasData() {
        return !data.isEmpty();
    }

    boolean hasType() {
        return !type.isEmpty();
    }

    String type() {
        return type;
    }

    long start() {
        return start;
    }

    SseEvent event(long end, long nanos, int read) {
        return new SseEvent(
                type.isEmpty() ? "message" : type, data.substring(0, data.length() - 1), id, start, end, nanos, read);
    }

    void reset() {
        data.setLength(0);
        type = "";
        hasFields = false;
        open = false;
    }
}
