package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.sse.SseStream;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Figure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The teeth of PF-01 to PF-05, on made-up times. */
class LoadTest {
    private static final Duration ITL = Duration.ofMillis(50);
    private static final Duration HEALTH = Duration.ofMillis(10);

    static Generation timed(int tokensIn, int count, IntUnaryOperator millis) {
        List<SseEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String token = "{\"t\":\"a\",\"i\":" + i + "}";
            events.add(new SseEvent("token", token, "", i, i + 1L, millis.applyAsInt(i) * 1_000_000L, i));
        }
        String end = "{\"tokens_out\":%d,\"tokens_in\":%d,\"stop_reason\":\"max_tokens\"}".formatted(count, tokensIn);
        long last = events.getLast().nanos();
        events.add(new SseEvent("end", end, "", count, count + 1L, last, count));
        return new Generation(
                Literal.stream("{\"max_tokens\":64}", "", new BodyEnd.Complete(last)),
                new SseStream(events, 0, List.of()));
    }

    // --- PF-01 and PF-02

    @Test
    void catchesASleepBeforeTheFirstToken() {
        var slept = new LatencyRecord(Collections.nCopies(20, timed(10, 4, i -> 200 + i)));
        broken(
                slept.judge("PF-01", slept.firstTokenFigures(Duration.ofMillis(100)), 20),
                "PF-01",
                "TTFT p95 within 100 ms",
                "it was 200");
    }

    private static Generation stalling(int every, int millis) {
        return timed(10, 64, i -> 10 + 2 * i + (i / every) * millis);
    }

    @Test
    void catchesAStallThatComesBackInEveryGeneration() {
        broken(
                SteadyDecode.judge(Collections.nCopies(20, stalling(32, 300)), ITL, 5, ITL, 20),
                "PF-02",
                "without a gap over 5 times its mean and 50 ms",
                "by 302.0 ms");
        broken(
                SteadyDecode.judge(Collections.nCopies(20, stalling(8, 300)), ITL, 5, ITL, 20),
                "PF-02",
                "ITL p95 within 50 ms");
    }

    @Test
    void doesNotBlameAWorkerForABusyMachineOrForTokensInPairs() {
        List<Generation> mostlyStalled = new ArrayList<>(Collections.nCopies(19, stalling(32, 300)));
        mostlyStalled.add(timed(10, 64, i -> 10 + 2 * i));
        held(SteadyDecode.judge(mostlyStalled, ITL, 5, ITL, 20), "decode rate");
        held(SteadyDecode.judge(Collections.nCopies(20, stalling(32, 40)), ITL, 5, ITL, 20));
        held(SteadyDecode.judge(Collections.nCopies(20, timed(10, 64, i -> i / 2 * 45)), ITL, 5, ITL, 20));
        inconclusive(SteadyDecode.judge(List.of(stalling(32, 300)), ITL, 5, ITL, 20), "1 generations were whole");
    }

    // --- PF-03

    static List<Exchange> calls(int count, int millis, int status) {
        Exchange answer = Literal.exchange(status, Map.of(), "", "{}", new BodyEnd.Complete(millis * 1_000_000L));
        return Collections.nCopies(count, answer);
    }

    @Test
    void catchesSlowHealthAndTakesTheQuickestRound() {
        held(HealthLatency.judge(List.of(calls(50, 30, 200), calls(60, 9, 200)), 50, HEALTH), "110 health calls");
        broken(
                HealthLatency.judge(List.of(calls(50, 30, 200), calls(50, 20, 200)), 50, HEALTH),
                "PF-03",
                "health p99 within 10.0 ms",
                "in the quickest of 2 rounds");
        broken(HealthLatency.judge(List.of(calls(50, 1, 503)), 50, HEALTH), "PF-03", "health to answer 200");
        inconclusive(HealthLatency.judge(List.of(calls(49, 1, 200)), 50, HEALTH), "no round had 50");
        inconclusive(HealthLatency.judge(List.of(calls(7, 300, 200)), 50, HEALTH), "no round had 50");
        broken(
                HealthLatency.judge(List.of(calls(8, 300, 200), calls(7, 200, 200)), 50, HEALTH),
                "PF-03",
                "health p99 within 10.0 ms",
                "12 of all 15 calls in 2 rounds took 200.0 ms or more");
        broken(
                HealthLatency.judge(List.of(calls(2, 1, 200), calls(6, 80, 200)), 50, HEALTH),
                "PF-03",
                "health p99 within 10.0 ms",
                "6 of all 8 calls in 2 rounds took 80.0 ms or more");
        inconclusive(HealthLatency.judge(List.of(calls(3, 1, 200), calls(6, 80, 200)), 50, HEALTH), "no round had 50");
        assertThat(HealthLatency.figures(List.of(calls(50, 4, 200)), 50, HEALTH))
                .extracting(Figure::name)
                .containsExactly("health p50", "health p99");
    }

    // --- PF-04

    /** Rounds of three prompts whose first token comes after these milliseconds. */
    private static List<List<Generation>> rounds(int... millis) {
        int[] sizes = {128, 512, 2048};
        List<Generation> round = IntStream.range(0, millis.length)
                .mapToObj(n -> timed(sizes[n], 2, i -> millis[n] + i))
                .toList();
        return List.of(round, round, round);
    }

    @Test
    void acceptsALineAndWhatIsQuickerThanOne() {
        held(PrefillScaling.judge(rounds(40, 160, 640)), "prefill rate, 2048 tokens 3200 tokens/s");
        held(PrefillScaling.judge(rounds(100, 100, 200)), "3 rounds");
        held(PrefillScaling.judge(rounds(40, 200, 1200)), "3 rounds");
        held(PrefillScaling.judge(rounds(1, 5, 19)), "3 rounds");
    }

    @Test
    void catchesAQuadraticTokenizer() {
        broken(
                PrefillScaling.judge(rounds(10, 160, 2560)),
                "PF-04",
                "4.0 times from 128 to 512 tokens",
                "it grew 16.0 times");
        broken(PrefillScaling.judge(rounds(50, 150, 1500)), "PF-04", "from 512 to 2048", "it grew 10.0 times");
    }

    @Test
    void takesTheMedianOfRounds() {
        List<List<Generation>> rounds = List.of(
                rounds(40, 160, 640).getFirst(),
                rounds(10, 900, 900).getFirst(),
                rounds(41, 161, 630).getFirst());
        held(PrefillScaling.judge(rounds), "3 rounds");
    }

    @Test
    void doesNotJudgeWithoutCountsOrWithoutSizes() {
        inconclusive(PrefillScaling.judge(rounds(40)), "no two prompts differ");
        inconclusive(PrefillScaling.judge(List.of()), "0 rounds");
        inconclusive(PrefillScaling.judge(List.of(List.of(timed(0, 2, i -> i)))), "count of its tokens");
    }

    // --- PF-05

    static LoadedStreams.Level level(int streams, Generation... all) {
        return new LoadedStreams.Level(streams, List.of(all), 1_000_000_000L);
    }

    static Generation busy(int status, String code) {
        Exchange refused = Literal.exchange(
                status,
                Map.of("Retry-After", "1"),
                "{}",
                "{\"code\":\"" + code + "\",\"message\":\"m\",\"retriable\":true}",
                new BodyEnd.Complete(1_000_000));
        return Generation.of(refused);
    }

    @Test
    void countsServedAndHonestlyRefused() {
        Generation served = timed(3, 10, i -> 5 + i);
        held(
                LoadedStreams.judge(List.of(level(1, served), level(2, served, served, busy(503, "BUSY")))),
                "2 streams 2 served and 1 told to come again");
        assertThat(LoadedStreams.figures(List.of(level(2, served, served))))
                .extracting(Figure::name)
                .containsExactly(" 2 streams: throughput", " 2 streams: TTFT p95", " 2 streams: ITL p95");
        assertThat(LoadedStreams.figures(List.of(level(2, served, served)))
                        .getFirst()
                        .value())
                .isEqualTo(20);
    }

    @Test
    void catchesErrorsUnderLoad() {
        Generation served = timed(3, 10, i -> 5 + i);
        Generation cut = Literal.ending(Literal.STARTED, new BodyEnd.Cut(1_000_000, "connection reset"));
        broken(
                LoadedStreams.judge(List.of(level(1, served), level(2, served, cut))),
                "PF-05",
                "no failed request at 2 streams",
                "1 of 2 failed");
        broken(LoadedStreams.judge(List.of(level(2, served, busy(500, "INTERNAL")))), "PF-05", "one by status 500");
        broken(LoadedStreams.judge(List.of(level(1, busy(503, "BUSY")))), "PF-05", "requests served at 1 streams");
        broken(
                LoadedStreams.judge(List.of(level(4, busy(503, "BUSY"), busy(503, "BUSY")))),
                "PF-05",
                "requests served at 4 streams",
                "2 of 2 were refused");
        inconclusive(LoadedStreams.judge(List.of()), "no request");
        inconclusive(LoadedStreams.judge(List.of(level(1))), "no request");
    }
}
