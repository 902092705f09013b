package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.sse.SseStream;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;

/** Transcripts with made-up times. */
final class Timed {
    private Timed() {}

    /** The same body in two pieces that arrive at these nanoseconds. */
    static Exchange body(String body, BodyEnd end, long first, long second) {
        Exchange whole = Literal.stream("", body, end);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        byte[] head = new byte[] {bytes[0]};
        byte[] rest = body.substring(1).getBytes(StandardCharsets.UTF_8);
        return new Exchange(
                1,
                whole.label(),
                whole.request(),
                whole.head(),
                List.of(new Chunk(0, head, first, 1), new Chunk(1, rest, second, 2)),
                end);
    }

    /**
     * A generation that was sent so long after {@link Literal#SENT}.
     *
     * @param at milliseconds since its own request at which each token comes, and after them the end
     */
    static Generation generation(Duration sent, int tokens, IntToLongFunction at) {
        String text = Literal.STARTED + Literal.tokens(0, tokens) + Literal.end(tokens, "max_tokens");
        Generation plain = Literal.generation("{\"job_id\":\"j-1\",\"max_tokens\":%d}".formatted(tokens), text);
        List<SseEvent> events = new ArrayList<>();
        List<SseEvent> all = plain.stream().events();
        for (int n = 0; n < all.size(); n++) {
            SseEvent e = all.get(n);
            long millis = n == 0 ? 0 : at.applyAsLong(n - 1);
            events.add(new SseEvent(e.type(), e.data(), "", e.start(), e.end(), millis * 1_000_000, e.read()));
        }
        Exchange exchange = plain.exchange();
        var record = new RequestRecord(
                "POST", exchange.request().url(), List.of(), exchange.request().body(), Literal.SENT.plus(sent));
        var end = new BodyEnd.Complete(at.applyAsLong(tokens) * 1_000_000);
        return new Generation(
                new Exchange(1, "timed", record, exchange.head(), exchange.chunks(), end),
                new SseStream(events, 0, List.of()));
    }
}
