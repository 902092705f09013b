package dev.touchstone.harness.sse;

import dev.touchstone.harness.transcript.Exchange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.jspecify.annotations.Nullable;

/**
 * Lets okhttp-sse read the same recorded bytes, so that a mistake of {@link SseReader} shows as a disagreement and does
 * not fall on a worker. Pure over the bytes; stateless and thread-safe.
 *
 * <p>Three habits of okhttp-sse depart from the WHATWG HTML standard on legal streams and are evened out before it
 * reads: it takes a byte order mark at the start for a part of the first field's name; it ends an {@code event} or
 * {@code id} line at a line feed only, never at a lone carriage return; and it fails on a last line without a line end,
 * which the standard discards. Ids are not compared, because it forgets those of events without data. On bytes that are
 * not UTF-8 it puts other numbers of U+FFFD than the standard does, and that does show.
 */
public final class SecondOpinion {

    /**
     * One event as okhttp-sse dispatched it.
     *
     * @param type {@code message} where there was none
     */
    public record Event(String type, String data) {}

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final MediaType EVENT_STREAM = MediaType.get("text/event-stream");
    private static final int SHOWN = 60;

    private SecondOpinion() {}

    /** The events that okhttp-sse reads in a recorded body, in order. */
    public static List<Event> events(Exchange exchange) {
        return read(exchange.body()).events;
    }

    /**
     * One sentence where okhttp-sse and {@link SseReader} part: the byte offset of the strict reader's event and what
     * each of them read. Empty where both read the same events.
     */
    public static Optional<String> disagreement(Exchange exchange) {
        SseStream strict = SseReader.read(exchange);
        Listener second = read(exchange.body());
        return disagreement(strict.events(), second.events)
                .or(() -> second.failure.map(failure -> "okhttp-sse reads the same " + second.events.size()
                        + " events as the strict reader and then gives up: " + failure + "."));
    }

    static Optional<String> disagreement(List<SseEvent> strict, List<Event> second) {
        int both = Math.min(strict.size(), second.size());
        for (int i = 0; i < both; i++) {
            SseEvent ours = strict.get(i);
            Event theirs = second.get(i);
            if (!ours.type().equals(theirs.type())) {
                return parted(i, ours.start(), "type", ours.type(), theirs.type());
            }
            if (!ours.data().equals(theirs.data())) {
                return parted(i, ours.start(), "data", ours.data(), theirs.data());
            }
        }
        if (strict.size() == second.size()) {
            return Optional.empty();
        }
        String where = strict.size() > both
                ? "the first that only the strict reader sees begins at byte "
                        + strict.get(both).start()
                : "the strict reader's last ends at byte "
                        + (strict.isEmpty() ? 0 : strict.getLast().end());
        return Optional.of("The strict reader sees " + strict.size() + " events and okhttp-sse " + second.size() + "; "
                + where + ".");
    }

    private static Optional<String> parted(int index, long offset, String what, String ours, String theirs) {
        return Optional.of("Event " + (index + 1) + ", at byte " + offset + ", has the " + what + " "
                + shown(ours, theirs) + " for the strict reader and " + shown(theirs, ours) + " for okhttp-sse.");
    }

    /** The text from shortly before the place where it departs from the other. */
    private static String shown(String text, String other) {
        int parting = Arrays.mismatch(text.toCharArray(), other.toCharArray());
        int from = parting < SHOWN / 2 ? 0 : parting - SHOWN / 4;
        int to = Math.min(text.length(), from + SHOWN);
        return (from > 0 ? "'…" : "'") + text.substring(from, to) + (to < text.length() ? "…'" : "'");
    }

    private static Listener read(byte[] body) {
        var listener = new Listener();
        var response = new Response.Builder()
                .request(new Request.Builder().url("http://worker.invalid/").build())
                .protocol(Protocol.HTTP_1_1)
                .code(200)
                .message("")
                .body(ResponseBody.create(evenedOut(body), EVENT_STREAM))
                .build();
        EventSources.processResponse(response, listener);
        return listener;
    }

    /** Drops the mark at the start and the unterminated last line, and turns lone carriage returns into line feeds. */
    private static byte[] evenedOut(byte[] body) {
        int from = Arrays.mismatch(body, BYTE_ORDER_MARK) == BYTE_ORDER_MARK.length ? BYTE_ORDER_MARK.length : 0;
        int to = body.length;
        while (to > from && body[to - 1] != '\n' && body[to - 1] != '\r') {
            to--;
        }
        byte[] even = Arrays.copyOfRange(body, from, to);
        for (int i = 0; i < even.length; i++) {
            if (even[i] == '\r' && (i + 1 == even.length || even[i + 1] != '\n')) {
                even[i] = '\n';
            }
        }
        return even;
    }

    private static final class Listener extends EventSourceListener {
        private final List<Event> events = new ArrayList<>();
        private Optional<String> failure = Optional.empty();

        @Override
        public void onEvent(EventSource source, @Nullable String id, @Nullable String type, String data) {
            events.add(new Event(type == null ? "message" : type, data));
        }

        @Override
        public void onFailure(EventSource source, @Nullable Throwable cause, @Nullable Response response) {
            failure = Optional.of(String.valueOf(cause));
        }
    }
}
