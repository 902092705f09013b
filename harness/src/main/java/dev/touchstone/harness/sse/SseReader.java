package dev.touchstone.harness.sse;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads an event stream byte by byte as the WHATWG HTML standard, section 9.2.6, interprets it, and notes what is not
 * well-formed. The result depends on the bytes alone, never on how they were split into chunks; only an event's time
 * and read number come from the chunk that brought the byte which dispatched it. Not thread-safe.
 */
public final class SseReader {

    private final SseFindings findings = new SseFindings();
    private final List<SseEvent> events = new ArrayList<>();
    private final LineBuffer line = new LineBuffer();
    private final EventBuffer pending = new EventBuffer();
    private int comments;
    private long offset;
    /** Number of carriage returns just before this byte. */
    private int returns;
    /** Whether the byte just before this one ended a blank line that dispatched the last event. */
    private boolean justDispatched;

    /** Reads a whole recorded body. */
    public static SseStream read(Exchange exchange) {
        var reader = new SseReader();
        exchange.chunks().forEach(reader::push);
        return reader.finish(exchange.end() instanceof BodyEnd.Complete || exchange.end() instanceof BodyEnd.Cut);
    }

    /** Reads the next bytes of the body. */
    public void push(Chunk chunk) {
        push(chunk.bytes(), chunk.nanos(), chunk.read());
    }

    /** Reads the next bytes of the body, which arrived at that time with that socket read. */
    public void push(byte[] bytes, long nanos, int read) {
        for (byte value : bytes) {
            next(value, nanos, read);
        }
    }

    /** Number of events dispatched so far. */
    public int eventCount() {
        return events.size();
    }

    /** The events dispatched so far, from that one on, counted from 0. */
    public List<SseEvent> eventsFrom(int first) {
        return List.copyOf(events.subList(first, events.size()));
    }

    /** The events dispatched so far. */
    public List<SseEvent> events() {
        return List.copyOf(events);
    }

    /** Ends the body and gives the result; what no blank line dispatched is discarded and reported. */
    public SseStream finish() {
        return finish(true);
    }

    private SseStream finish(boolean bodyEnded) {
        if (bodyEnded) {
            reportTail();
        }
        return new SseStream(events, comments, findings.inOrder());
    }

    private void reportTail() {
        if (line.length() > afterMark()) {
            decode(0, line.length());
            findings.add(
                    SseRule.UNTERMINATED_EVENT,
                    "the body ends within a line of " + line.length() + " bytes",
                    pending.isOpen() ? pending.start() : line.start());
        } else if (pending.isOpen()) {
            findings.add(
                    SseRule.UNTERMINATED_EVENT,
                    "the body ends without a blank line after its last event",
                    pending.start());
        }
    }

    private void next(byte value, long nanos, int read) {
        boolean afterReturn = returns > 0;
        if (value == '\n' && afterReturn) {
            endOfPair();
            return;
        }
        returns = value == '\r' ? returns + 1 : 0;
        justDispatched = false;
        if (value == '\r' || value == '\n') {
            endOfLine(nanos, read);
            line.begin(offset + 1);
        } else {
            if (value == 0) {
                findings.add(SseRule.NUL_BYTE, "a NUL byte", offset);
            }
            line.add(value);
        }
        offset++;
    }

    /** A line feed after a carriage return belongs to the same line end. */
    private void endOfPair() {
        if (returns > 1) {
            findings.add(SseRule.STRAY_CARRIAGE_RETURN, "CR CR LF where one line end was meant", offset - 2);
        }
        returns = 0;
        offset++;
        line.begin(offset);
        if (justDispatched) {
            SseEvent last = events.removeLast();
            events.add(
                    new SseEvent(last.type(), last.data(), last.id(), last.start(), offset, last.nanos(), last.read()));
            justDispatched = false;
        }
    }

    private void endOfLine(long nanos, int read) {
        int from = afterMark();
        if (line.hasByteOrderMarkAt(from)) {
            findings.add(SseRule.BOM_IN_MID_STREAM, "a byte order mark at the start of a line", line.start() + from);
        }
        if (line.length() == from) {
            dispatch(nanos, read);
        } else if (line.bytes()[from] == ':') {
            comments++;
            decode(from, line.length());
            pending.comment(line.start());
        } else {
            field(from);
        }
    }

    /** Where the line's text begins: after the mark that may stand at the very start of the body. */
    private int afterMark() {
        return line.start() == 0 && line.hasByteOrderMarkAt(0) ? 3 : 0;
    }

    private void field(int from) {
        int colon = line.indexOf(':');
        int nameEnd = colon < 0 ? line.length() : colon;
        int valueStart = colon < 0 ? line.length() : colon + 1;
        if (valueStart < line.length() && line.bytes()[valueStart] == ' ') {
            valueStart++;
        }
        String name = decode(from, nameEnd);
        String value = decode(valueStart, line.length());
        pending.begin(line.start() + from);
        switch (name) {
            case "event" -> pending.type(value);
            case "data" -> pending.data(value);
            case "id" -> pending.id(value);
            case "retry" -> {
                if (!value.matches("[0-9]+")) {
                    findings.add(SseRule.UNKNOWN_FIELD, "retry is not digits: " + shown(value), line.start());
                }
            }
            default -> findings.add(SseRule.UNKNOWN_FIELD, "the field " + shown(name), line.start());
        }
    }

    private void dispatch(long nanos, int read) {
        if (pending.hasData()) {
            events.add(pending.event(offset + 1, nanos, read));
            justDispatched = true;
        } else if (pending.hasType()) {
            findings.add(
                    SseRule.EVENT_WITHOUT_DATA,
                    "event " + shown(pending.type()) + " has no data and is never dispatched",
                    pending.start());
        }
        pending.reset();
    }

    private String decode(int from, int to) {
        return Utf8.decode(
                line.bytes(),
                from,
                to,
                line.start(),
                at -> findings.add(SseRule.INVALID_UTF8, "bytes that are not UTF-8", at));
    }

    private static String shown(String text) {
        if (text.length() <= 60) {
            return "'" + text + "'";
        }
        int end = Character.isHighSurrogate(text.charAt(59)) ? 59 : 60;
        return "'" + text.substring(0, end) + "…'";
    }
}
