package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.sse.SseReader;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.transcript.ResponseHead;
import dev.touchstone.harness.verdict.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** EV-08, EV-09 and EV-11 on literal streams. */
final class WaitingTest {
    private static final Duration BUDGET = Duration.ofSeconds(1);
    private static final String METRICS = "event: metrics\ndata: {\"tokens_in\":1}\n\n";

    /** A stream whose head and frames arrive at these milliseconds, asked at a moment after {@link Literal#SENT}. */
    static Exchange timed(String job, long askedAt, long head, Object... framesAndMillis) {
        var request = new RequestRecord(
                "POST",
                "http://worker/execute",
                List.of(),
                "{\"job_id\":\"%s\",\"prompt\":\"p\",\"max_tokens\":2}"
                        .formatted(job)
                        .getBytes(StandardCharsets.UTF_8),
                Literal.SENT.plusMillis(askedAt));
        List<Chunk> chunks = new ArrayList<>();
        long offset = 0;
        long at = 0;
        for (int i = 0; i < framesAndMillis.length; i += 2) {
            byte[] bytes = framesAndMillis[i].toString().getBytes(StandardCharsets.UTF_8);
            at = (int) framesAndMillis[i + 1];
            chunks.add(new Chunk(offset, bytes, at * 1_000_000, i + 1));
            offset += bytes.length;
        }
        return new Exchange(
                1,
                "generate",
                request,
                Optional.of(new ResponseHead(
                        "http/1.1", 200, List.of(Map.entry("Content-Type", "text/event-stream")), head * 1_000_000)),
                chunks,
                new BodyEnd.Complete(at * 1_000_000));
    }

    static Generation read(Exchange exchange) {
        return new Generation(exchange, SseReader.read(exchange));
    }

    static String end() {
        return Literal.token(" b", 1) + Literal.end(2, "max_tokens");
    }

    @Test
    void holdsEV11WhereHeadAndStartedComeBeforeThePrefillEnds() {
        Generation early = read(timed("j-1", 0, 2, Literal.STARTED, 3, Literal.token("a", 0), 400, end(), 410));
        held(EarlyHead.prefill(List.of(early), BUDGET), "started well before");
        Generation quick = read(timed("j-1", 0, 2, Literal.STARTED + Literal.token("a", 0), 20, end(), 30));
        held(EarlyHead.prefill(List.of(quick), BUDGET), "too short to tell");
    }

    @Test
    void breaksEV11WhereNothingIsSentUntilThePrefillIsDone() {
        Generation late = read(timed("j-1", 0, 1400, Literal.STARTED + Literal.token("a", 0), 1400, end(), 1410));
        broken(EarlyHead.prefill(List.of(late, late), BUDGET), "EV-11", "head within 1000 ms");
        Generation withHead = read(timed("j-1", 0, 2, Literal.STARTED + Literal.token("a", 0), 400, end(), 410));
        broken(EarlyHead.prefill(List.of(withHead, withHead), BUDGET), "EV-11", "before its prefill ends");
    }

    @Test
    void takesAnEndWithoutTextForTheEndOfThePrefill() {
        String end = Literal.end(0, "eos");
        Generation late = read(timed("j-1", 0, 2, Literal.STARTED + end, 400));
        broken(EarlyHead.prefill(List.of(late), BUDGET), "EV-11", "before its prefill ends");
        Generation early = read(timed("j-1", 0, 2, Literal.STARTED, 3, end, 400));
        held(EarlyHead.prefill(List.of(early), BUDGET), "started well before");
    }

    @Test
    void blamesNobodyWhereOneOfSeveralTriesWasInTime() {
        Generation early = read(timed("j-1", 0, 2, Literal.STARTED, 3, Literal.token("a", 0), 400, end(), 410));
        Generation seenLate = read(timed("j-1", 0, 1400, Literal.STARTED + Literal.token("a", 0), 1400, end(), 1410));
        held(EarlyHead.prefill(List.of(seenLate, early), BUDGET), "the head came");
    }

    @Test
    void breaksEV11WhereStartedIsSentWhileTheJobQueues() {
        Generation running = read(timed("j-1", 0, 2, Literal.STARTED, 3, Literal.token("a", 0), 10, end(), 900));
        Generation lies = read(timed("j-2", 100, 2, Literal.STARTED, 3, Literal.token("a", 0), 810, end(), 820));
        broken(EarlyHead.queued(running, lies, BUDGET), "EV-11", "while the job still queued");
        Generation seenEarly = read(timed("j-2", 100, 2, Literal.STARTED, 3, Literal.token("a", 0), 790, end(), 795));
        broken(EarlyHead.queued(running, seenEarly, BUDGET), "EV-11", "while the job still queued");
        Generation waits = read(timed("j-2", 100, 2, Literal.STARTED, 802, Literal.token("a", 0), 810, end(), 820));
        held(EarlyHead.queued(running, waits, BUDGET), "a job that waited");
        Generation beside = read(timed("j-2", 100, 2, Literal.STARTED, 3, Literal.token("a", 0), 9, end(), 20));
        held(EarlyHead.queued(running, beside, BUDGET), "ran beside");
        Generation slowBeside = read(timed("j-2", 100, 2, Literal.STARTED, 3, Literal.token("a", 0), 500, end(), 795));
        held(EarlyHead.queued(running, slowBeside, BUDGET), "ran beside");
        Generation mute = read(timed("j-2", 100, 1500, Literal.STARTED + Literal.token("a", 0), 1500, end(), 1510));
        broken(EarlyHead.queued(running, mute, BUDGET), "EV-11", "head within");
    }

    @Test
    void breaksEV11ForALongSilenceWithoutAComment() {
        Generation silent = read(timed("j-1", 0, 2, Literal.STARTED, 3, Literal.token("a", 0), 19_000, end(), 19_010));
        broken(EarlyHead.prefill(List.of(silent), BUDGET), "EV-11", "comment line at least every 15 s");
        Generation kept = read(timed(
                "j-1",
                0,
                2,
                Literal.STARTED,
                3,
                ": waiting\n\n",
                14_000,
                Literal.token("a", 0),
                19_000,
                end(),
                19_010));
        held(EarlyHead.prefill(List.of(kept), BUDGET), "the head came");
    }

    @Test
    void judgesMetricsByTheirPlace() {
        held(
                MetricsEvent.judge(Literal.generation(
                        Literal.STARTED + METRICS + Literal.TWO_TOKENS + Literal.end(2, "max_tokens"))),
                "in their place");
        broken(MetricsEvent.judge(Literal.generation(METRICS + Literal.CONFORMING)), "EV-08", "before started");
        broken(MetricsEvent.judge(Literal.generation(Literal.CONFORMING + METRICS)), "EV-08", "after it");
        broken(
                MetricsEvent.judge(Literal.generation(Literal.STARTED
                        + METRICS.replace("{\"tokens_in\":1}", "1")
                        + Literal.TWO_TOKENS
                        + Literal.end(2, "max_tokens"))),
                "EV-08",
                "one JSON object");
        assertThat(MetricsEvent.judge(Literal.generation(Literal.CONFORMING))).isInstanceOf(Verdict.Unsupported.class);
    }

    @Test
    void judgesKeptConnectionsByTheirAnswers() {
        Exchange first = stream(200, Map.of("Content-Type", "text/event-stream"), Literal.CONFORMING);
        Exchange stale = stream(200, Map.of("Content-Type", "text/event-stream"), "\n" + end() + Literal.CONFORMING);
        Exchange other = stream(
                200,
                Map.of("Content-Type", "text/event-stream"),
                Literal.CONFORMING.replace("\"job_id\":\"j-1\"", "\"job_id\":\"j-0\""));
        Exchange gzip = stream(
                200, Map.of("Content-Type", "text/event-stream", "Content-Encoding", "gzip"), Literal.CONFORMING);
        Exchange closes =
                stream(200, Map.of("Content-Type", "text/event-stream", "Connection", "close"), Literal.CONFORMING);
        held(KeepAlive.judge(List.of(first, first, closes), BUDGET), "3 requests");
        broken(KeepAlive.judge(List.of(first, stale, first), BUDGET), "EV-09", "whole stream for request 2");
        broken(KeepAlive.judge(List.of(first, other, first), BUDGET), "EV-09", "that of job j-0");
        broken(KeepAlive.judge(List.of(gzip, first, first), BUDGET), "EV-09", "no compression");
        inconclusive(KeepAlive.judge(List.of(first), BUDGET), "only 1");
    }

    @Test
    void blamesTheAnswerAfterARefusalForWhatTheRefusalLeft() {
        Exchange stream = stream(200, Map.of("Content-Type", "text/event-stream"), Literal.CONFORMING);
        Exchange refusal = labelled(KeepAlive.NO_JSON, Literal.answer(400, "{}"));
        held(KeepAlive.judge(List.of(stream, refusal, stream), BUDGET), "3 requests");
        Exchange stale = Literal.answer(400, "");
        broken(KeepAlive.judge(List.of(stream, refusal, stale), BUDGET), "EV-09", "whole stream for request 3 of 3");
        Exchange none = new Exchange(
                1,
                KeepAlive.NO_JSON,
                refusal.request(),
                Optional.empty(),
                List.of(),
                new BodyEnd.Cut(1, "the connection was closed"));
        broken(KeepAlive.judge(List.of(stream, none, stream), BUDGET), "EV-09", "an answer to request 2 of 3");
    }

    private static Exchange labelled(String label, Exchange exchange) {
        return new Exchange(
                exchange.number(), label, exchange.request(), exchange.head(), exchange.chunks(), exchange.end());
    }

    private static Exchange stream(int status, Map<String, String> headers, String body) {
        return Literal.exchange(status, headers, Literal.REQUEST, body, new BodyEnd.Complete(9_000_000));
    }
}
