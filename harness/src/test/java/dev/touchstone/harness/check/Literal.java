package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.sse.SseFinding;
import dev.touchstone.harness.sse.SseRule;
import dev.touchstone.harness.sse.SseStream;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.transcript.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Transcripts written out by hand. Frames are separated by a blank line; each event arrives in a read of its own, one
 * millisecond after the one before. The parser here is naive on purpose: what checks make of a stream is tested apart
 * from how the strict reader reads bytes.
 */
final class Literal {
    static final Instant SENT = Instant.parse("2026-11-23T09:00:00Z");
    static final String STARTED =
            "event: started\ndata: {\"job_id\":\"j-1\",\"model\":\"m\",\"started_at\":\"2026-11-23T09:00:00.001Z\",\"seed\":42}\n\n";
    static final String REQUEST = "{\"job_id\":\"j-1\",\"prompt\":\"p\",\"max_tokens\":2,\"seed\":42}";
    static final String TWO_TOKENS = token("a", 0) + token(" b", 1);
    static final String CONFORMING = STARTED + TWO_TOKENS + end(2, "max_tokens");

    private Literal() {}

    static String token(String t, int i) {
        return "event: token\ndata: {\"t\":\"%s\",\"i\":%d}\n\n".formatted(t, i);
    }

    static String tokens(int from, int to) {
        var all = new StringBuilder();
        for (int i = from; i < to; i++) {
            all.append(token(" w" + i, i));
        }
        return all.toString();
    }

    static String end(int tokensOut, String reason) {
        return "event: end\ndata: {\"tokens_out\":%d,\"tokens_in\":1,\"decode_time_ms\":0.5,\"stop_reason\":\"%s\"}\n\n"
                .formatted(tokensOut, reason);
    }

    static Generation generation(String body) {
        return generation(REQUEST, body);
    }

    static Generation generation(String request, String body) {
        return generation(request, body, List.of());
    }

    static Generation generation(String request, String body, List<SseFinding> findings) {
        SseStream stream = parse(body, findings);
        return new Generation(
                stream(request, body, new BodyEnd.Complete(stream.events().size() * 1_000_000L)), stream);
    }

    static Generation ending(String body, BodyEnd end) {
        return new Generation(stream(REQUEST, body, end), parse(body, List.of()));
    }

    static Exchange stream(String request, String body, BodyEnd end) {
        return exchange(
                200,
                Map.of("Content-Type", "text/event-stream; charset=utf-8", "Cache-Control", "no-store"),
                request,
                body,
                end);
    }

    static Exchange answer(int status, String body) {
        return exchange(status, Map.of("Content-Type", "application/json"), "", body, new BodyEnd.Complete(1_000_000));
    }

    static Exchange exchange(int status, Map<String, String> headers, String request, String body, BodyEnd end) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        var record = new RequestRecord(
                "POST", "http://worker/execute", List.of(), request.getBytes(StandardCharsets.UTF_8), SENT);
        var head = new ResponseHead("http/1.1", status, List.copyOf(headers.entrySet()), 500_000);
        return new Exchange(1, "literal", record, Optional.of(head), List.of(new Chunk(0, bytes, 600_000, 0)), end);
    }

    private static SseStream parse(String body, List<SseFinding> given) {
        List<SseFinding> findings = new ArrayList<>(given);
        List<SseEvent> events = new ArrayList<>();
        int at = 0;
        for (String frame : body.split("(?<=\n\n)")) {
            if (frame.endsWith("\n\n")) {
                String type = "message";
                List<String> data = new ArrayList<>();
                for (String line : frame.strip().split("\n")) {
                    if (line.startsWith("event: ")) {
                        type = line.substring(7);
                    } else if (line.startsWith("data: ")) {
                        data.add(line.substring(6));
                    }
                }
                int n = events.size() + 1;
                long end = at + frame.getBytes(StandardCharsets.UTF_8).length;
                events.add(new SseEvent(type, String.join("\n", data), "", at, end, n * 1_000_000L, n));
            } else if (!frame.isBlank()) {
                findings.add(new SseFinding(SseRule.UNTERMINATED_EVENT, "an event that no blank line ends", at));
            }
            at += frame.getBytes(StandardCharsets.UTF_8).length;
        }
        return new SseStream(events, 0, findings);
    }
}
