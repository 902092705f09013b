package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.sse.SseStream;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The teeth of EV-07, HL-02, HL-03, CA-01, PF-01 and PF-02, on made-up times. */
class TimingTest {
    private static final Duration BUDGET = Duration.ofMillis(100);
    private static final Duration HARD = Duration.ofSeconds(5);
    private static final String CANCELLED = "{\"code\":\"CANCELLED\",\"message\":\"m\",\"retriable\":true}";
    private static final String END = "{\"tokens_out\":1,\"stop_reason\":\"max_tokens\"}";

    /** A generation whose tokens arrive at those milliseconds, in those reads. */
    private static Generation timed(
            int count, IntUnaryOperator millis, IntUnaryOperator read, String last, String data) {
        List<SseEvent> events = new ArrayList<>();
        events.add(new SseEvent("started", "{}", "", 0, 1, 0, 0));
        for (int i = 0; i < count; i++) {
            String token = "{\"t\":\"a\",\"i\":" + i + "}";
            events.add(
                    new SseEvent("token", token, "", i, i + 1L, millis.applyAsInt(i) * 1_000_000L, read.applyAsInt(i)));
        }
        long end = count == 0 ? 0 : events.getLast().nanos();
        events.add(new SseEvent(last, data, "", count, count + 1L, end, count));
        return new Generation(
                Literal.stream("{\"max_tokens\":40}", "", new BodyEnd.Complete(end)),
                new SseStream(events, 0, List.of()));
    }

    static Generation timed(int count, IntUnaryOperator millis, IntUnaryOperator read) {
        return timed(count, millis, read, "end", END);
    }

    static Exchange called(int status, int sentMillis, int latencyMillis) {
        Exchange base = status == 0 ? Literal.answer(500, "") : Literal.answer(status, "{}");
        var request = new RequestRecord(
                "GET", "http://worker/health", List.of(), new byte[0], Literal.SENT.plusMillis(sentMillis));
        return new Exchange(
                1, "call", request, base.head(), base.chunks(), new BodyEnd.Complete(latencyMillis * 1_000_000L));
    }

    private static Exchange said(String body) {
        return Literal.answer(200, body);
    }

    private static List<Exchange> calls(int count, int latencyMillis) {
        return IntStream.range(0, count)
                .mapToObj(n -> called(200, 10 + n, latencyMillis))
                .toList();
    }

    @Test
    void acceptsTokensThatArriveOneByOneAndALaggingReader() {
        held(Flushing.judge(List.of(timed(40, i -> 10 * i, i -> i))), "40 tokens in 40 reads, at most 1 in one");
        Generation lagging = timed(40, i -> 10 * i, i -> i < 20 ? 0 : i);
        held(Flushing.judge(List.of(lagging, timed(40, i -> 10 * i, i -> i / 4))), "at most 4 in one");
    }

    @Test
    void asksNothingOfAWorkerWhoseLongestStreamIsOverSoon() {
        Generation quick = timed(40, i -> i, i -> i / 20);
        assertThat(Flushing.judge(List.of(quick, quick), 40))
                .isInstanceOfSatisfying(
                        Verdict.Unsupported.class,
                        verdict -> assertThat(verdict.summary()).contains("from 200 ms on", "40 tokens in 39"));
        inconclusive(Flushing.judge(List.of(quick), 41), "no generation had 32 tokens");
        Generation buffered = timed(40, i -> 400, i -> 1);
        broken(Flushing.judge(List.of(quick, buffered), 40), "EV-07", "40 of 40 came in one read");
        inconclusive(Flushing.judge(List.of(), 40), "no generation had 32 tokens");
    }

    @Test
    void catchesAStreamBufferedUntilTheEnd() {
        Generation buffered = timed(40, i -> 400, i -> 1);
        broken(Flushing.judge(List.of(buffered, buffered, buffered)), "EV-07", "40 of 40 came in one read");
        broken(Flushing.judge(List.of(timed(40, i -> 300 + i, i -> i))), "EV-07", "the first token before 50%");
    }

    @Test
    void catchesABurstThatCameInManyReads() {
        // three events, 90 ms apart, and the rest in the last moment, a few in each read
        broken(
                Flushing.judge(List.of(timed(400, i -> i < 3 ? 90 * i : 270 + i / 100, i -> i < 3 ? i : 3 + i / 7))),
                "EV-07",
                "no more than half of the tokens in the last twentieth of the time",
                "397 of 400 came within");
        held(Flushing.judge(List.of(timed(400, i -> i < 3 ? 90 * i : 180 + i, i -> i))), "400 tokens");
    }

    @Test
    void tellsALongPrefillFromABuffer() {
        String decoded = "{\"tokens_out\":40,\"decode_time_ms\":390,\"stop_reason\":\"max_tokens\"}";
        held(Flushing.judge(List.of(timed(40, i -> 600 + 10 * i, i -> i, "end", decoded))), "the first after 61%");
        broken(
                Flushing.judge(List.of(timed(40, i -> 390 + 2 * i, i -> i, "end", decoded))),
                "EV-07",
                "the first token before 50%");
    }

    @Test
    void doesNotJudgeTokensThatWereDecodedInAMoment() {
        String decoded = "{\"tokens_out\":40,\"decode_time_ms\":8,\"stop_reason\":\"max_tokens\"}";
        inconclusive(Flushing.judge(List.of(timed(40, i -> 480 + i / 5, i -> i / 20, "end", decoded))), "40 tokens");
    }

    @Test
    void catchesAFlushEverySixteenTokens() {
        broken(
                Flushing.judge(List.of(timed(40, i -> 10 * (i / 16 * 16), i -> i / 16))),
                "EV-07",
                "16 of 40 came in one read");
        broken(Flushing.judge(List.of(timed(256, i -> i / 16 * 16, i -> i / 16))), "EV-07", "blocks of exactly 16");
    }

    @Test
    void catchesBlocksThatALaggingReaderTookSeveralOfAtOnce() {
        // Reads of one, two and three blocks of 16.
        Generation lagging = timed(800, i -> i, i -> switch (i / 16 % 6) {
            case 0 -> 3 * (i / 96);
            case 1, 2 -> 3 * (i / 96) + 1;
            default -> 3 * (i / 96) + 2;
        });
        broken(Flushing.judge(List.of(lagging, lagging)), "EV-07", "reads ended with a block of 16 tokens");
        Generation anywhere = timed(800, i -> i, i -> (int) Math.sqrt(10.0 * i));
        held(Flushing.judge(List.of(anywhere)), "800 tokens");
        Generation pairs = timed(800, i -> i, i -> i / 2);
        held(Flushing.judge(List.of(pairs)), "800 tokens in 400 reads");
    }

    @Test
    void doesNotJudgeShortGenerations() {
        inconclusive(Flushing.judge(List.of(timed(31, i -> 10 * i, i -> 0))), "31 tokens in 300.0 ms");
        inconclusive(Flushing.judge(List.of(timed(40, i -> i, i -> 0))), "40 tokens");
    }

    @Test
    void catchesHealthThatWaitsForTheEngineAndDecodingThatWaitsForHealth() {
        List<Generation> even = List.of(timed(40, i -> 10 * i, i -> i));
        Duration stall = Duration.ofMillis(50);
        held(HealthDuring.decode(even, calls(50, 5), 50, BUDGET, 5, stall), "50 health calls", "p99 5.0 ms");
        broken(
                HealthDuring.decode(even, calls(50, 101), 50, BUDGET, 5, stall),
                "HL-02",
                "health p99 within 100 ms",
                "101.0 ms");
        broken(
                HealthDuring.decode(even, List.of(called(503, 10, 1)), 50, BUDGET, 5, stall),
                "HL-02",
                "health to answer 200");
        broken(
                HealthDuring.decode(even, List.of(said("HTTP/1.1 200 OK\r\n\r\n{}")), 50, BUDGET, 5, stall),
                "HL-02",
                "health to answer by one JSON object",
                "HTTP/1.1 200 OK");
        List<Generation> stalled = List.of(timed(40, i -> i < 20 ? 10 * i : 10 * i + 60, i -> i));
        broken(HealthDuring.decode(stalled, calls(50, 5), 50, BUDGET, 5, stall), "HL-02", "no gap", "70.0 ms");
        inconclusive(HealthDuring.decode(even, calls(49, 5), 50, BUDGET, 5, stall), "49 health calls");
        inconclusive(HealthDuring.decode(even, List.of(), 50, BUDGET, 5, stall), "no health call");
    }

    @Test
    void countsOnlyCallsWithinTheStream() {
        Generation generation = timed(3, i -> 100 + i, i -> i);
        List<Exchange> inside = HealthDuring.whileStreaming(
                generation, List.of(called(200, 50, 1), called(200, 101, 1), called(200, 200, 1)));
        assertThat(inside).hasSize(1);
        assertThat(HealthDuring.whileStreaming(generation, List.of(called(200, 50, 60))))
                .as("one that had to wait for the stream")
                .hasSize(1);
    }

    @Test
    void catchesHealthThatThePrefillBlocks() {
        Generation prefilled = timed(2, i -> 1000 + i, i -> i);
        held(HealthDuring.prefill(prefilled, calls(3, 5), BUDGET), "3 of 3");
        broken(HealthDuring.prefill(prefilled, List.of(called(200, 5, 1001)), BUDGET), "HL-03", "only after it");
        broken(HealthDuring.prefill(prefilled, List.of(said("")), BUDGET), "HL-03", "one JSON object");
        inconclusive(HealthDuring.prefill(prefilled, List.of(), BUDGET), "no health call");
        // sent a moment before the generation
        broken(HealthDuring.prefill(prefilled, List.of(called(200, -3, 1004)), BUDGET), "HL-03", "only after it");
        inconclusive(HealthDuring.prefill(prefilled, List.of(called(200, -3, 1002)), BUDGET), "no health call");
        held(HealthDuring.prefill(prefilled, List.of(called(200, -3, 1004), called(200, 5, 5)), BUDGET), "1 of 2");
        // answered before the worker began to read, and then no more
        Exchange first = called(200, 5, 5);
        broken(
                HealthDuring.prefill(prefilled, List.of(first, called(200, 99, 950)), BUDGET),
                "HL-03",
                "of 2 calls those after its first moments were answered only after it");
        held(HealthDuring.prefill(prefilled, List.of(first, called(200, 100, 950)), BUDGET), "1 of 2");
        held(HealthDuring.prefill(prefilled, List.of(first, called(200, 99, 900)), BUDGET), "2 of 2");
    }

    @Test
    void judgesTheEndOfACancelledJob() {
        Generation soon = timed(5, i -> 10 * i, i -> i, "error", CANCELLED);
        held(cancel(soon, called(202, 35, 1)), "quickest ended after 5.0 ms");
        broken(cancel(soon, called(404, 35, 1)), "CA-01", "202 to POST /cancel", "404");
        broken(
                cancel(timed(40, i -> 10 * i, i -> i), called(202, 35, 1)),
                "CA-01",
                "error with code CANCELLED",
                "end came");
        broken(
                cancel(timed(5, i -> 50 * i, i -> i, "error", CANCELLED), called(202, 35, 1)),
                "CA-01",
                "within 100 ms",
                "165.0 ms");
        broken(
                cancel(timed(5, i -> 2000 * i, i -> i, "error", CANCELLED), called(202, 35, 1)),
                "CA-01",
                "within 5000 ms");
        broken(cancel(timed(5, i -> i, i -> i, "ping", "{}"), called(202, 1, 1)), "CA-01", "none came");
        Generation byItself = timed(5, i -> 10 * i, i -> i, "end", END.replace("max_tokens", "eos"));
        inconclusive(cancel(byItself, called(202, 39, 1)), "was over before");
        inconclusive(cancel(timed(40, i -> 10 * i, i -> i), called(202, 399, 1)), "was over before");
    }

    @Test
    void catchesEndInPlaceOfAnErrorForACancelledJob() {
        broken(
                cancel(timed(5, i -> 10 * i, i -> i), called(202, 39, 1)),
                "CA-01",
                "error with code CANCELLED",
                "end came, 1.0 ms after the cancel");
        String eos = END.replace("max_tokens", "eos");
        var third = new CancelOutcome.Cancelled(timed(5, i -> 10 * i, i -> i, "end", eos), called(202, 39, 1));
        var eighth = new CancelOutcome.Cancelled(timed(8, i -> 10 * i, i -> i, "end", eos), called(202, 69, 1));
        broken(CancelOutcome.judge(List.of(third, eighth), BUDGET, HARD), "CA-01", "end came");
        inconclusive(CancelOutcome.judge(List.of(third, third), BUDGET, HARD), "was over before");
    }

    private static Verdict cancel(Generation generation, Exchange call) {
        return CancelOutcome.judge(List.of(new CancelOutcome.Cancelled(generation, call)), BUDGET, HARD);
    }

    @Test
    void judgesLatenciesAgainstTheirBudgets() {
        var quick = new LatencyRecord(Collections.nCopies(20, timed(10, i -> 20 + 10 * i, i -> i)));
        held(quick.judge("PF-01", quick.firstTokenFigures(BUDGET), 20), "20 generations", "TTFT p50 20.0");
        held(quick.judge("PF-02", quick.interTokenFigures(Duration.ofMillis(50)), 20), "decode rate 100.00 tokens/s");
        var slow = new LatencyRecord(Collections.nCopies(20, timed(10, i -> 120 + (i < 5 ? i : 60 + i), i -> i)));
        broken(
                slow.judge("PF-01", slow.firstTokenFigures(BUDGET), 20),
                "PF-01",
                "TTFT p95 within 100 ms",
                "it was 120");
        broken(slow.judge("PF-02", slow.interTokenFigures(Duration.ofMillis(50)), 20), "PF-02", "ITL p95 within 50 ms");
        inconclusive(quick.judge("PF-01", quick.firstTokenFigures(BUDGET), 21), "20 generations were whole");
    }

    @Test
    void reportsNoFigureWhereNothingCouldBeTimed() {
        var single = new LatencyRecord(Collections.nCopies(20, timed(1, i -> 20, i -> i)));
        assertThat(single.firstTokenFigures(BUDGET)).isEmpty();
        assertThat(single.interTokenFigures(BUDGET)).isEmpty();
        inconclusive(single.judge("PF-02", single.interTokenFigures(BUDGET), 20), "0 generations were whole");
    }
}
