package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.LoadTest.busy;
import static dev.touchstone.harness.check.LoadTest.calls;
import static dev.touchstone.harness.check.LoadTest.level;
import static dev.touchstone.harness.check.LoadTest.timed;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.ResponseHead;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** PF-01 to PF-05 at the value where they turn, and the figures that they report. */
class LoadLimitTest {
    private static final Generation SERVED = timed(3, 10, i -> 5 + 2 * i);

    @Test
    void reportsTheFiguresOfALevel() {
        List<Figure> figures = LoadedStreams.figures(List.of(level(1), level(2, SERVED, SERVED)));
        assertThat(figures).extracting(Figure::unit).containsExactly("tokens/s", "ms", "ms");
        assertThat(figures.get(0).value()).isEqualTo(20);
        assertThat(figures.get(1).value()).isCloseTo(5, within(0.01));
        assertThat(figures.get(2).value()).isCloseTo(2, within(0.01));
    }

    @Test
    void countsAsFailedWhatWasNeitherServedNorToldToComeAgain() {
        Generation cut = Literal.ending(Literal.STARTED, new BodyEnd.Cut(1_000_000, "connection reset"));
        broken(
                LoadedStreams.judge(List.of(level(3, SERVED, cut, busy(503, "BUSY")))),
                "PF-05",
                "no failed request at 3 streams",
                "1 of 3 failed");
        assertThat(LoadedStreams.judge(List.of(level(1, SERVED))).summary()).endsWith("1 streams 1 served");
    }

    private static Generation openAi(int status, Map<String, String> headers) {
        Exchange plain = OpenAiLiteral.json(status, "{}");
        var head = new ResponseHead("http/1.1", status, List.copyOf(headers.entrySet()), 500_000);
        return Generation.of(
                new Exchange(1, "literal", plain.request(), Optional.of(head), plain.chunks(), plain.end()));
    }

    private static Verdict beside(Generation other) {
        return LoadedStreams.judge(List.of(level(2, SERVED, other)));
    }

    @Test
    void takesARefusalForOneInEitherDialect() {
        held(beside(openAi(429, Map.of())), "1 told to come again");
        held(beside(openAi(503, Map.of("Retry-After", "1"))), "1 told to come again");
        broken(beside(openAi(503, Map.of())), "PF-05", "no failed request");
        broken(beside(openAi(500, Map.of("Retry-After", "1"))), "PF-05", "no failed request");
        broken(beside(busy(503, "INTERNAL")), "PF-05", "no failed request");
        broken(beside(busy(429, "BUSY")), "PF-05", "no failed request");
    }

    // --- PF-04

    private static List<Generation> round(int small, int large, int... millis) {
        int[] sizes = {small, large};
        return IntStream.range(0, 2)
                .mapToObj(n -> timed(sizes[n], 2, i -> millis[n] + i))
                .toList();
    }

    private static Verdict prefill(int small, int large, int... millis) {
        return PrefillScaling.judge(List.of(round(small, large, millis)));
    }

    @Test
    void promptsMustDifferThreefold() {
        held(prefill(1, 3, 10, 30), "1 rounds");
        inconclusive(prefill(100, 299, 10, 900), "no two prompts differ by a factor of 3");
        broken(prefill(100, 300, 10, 900), "PF-04", "3.0 times from 100 to 300 tokens");
    }

    @Test
    void timeMayGrowTwiceAsFastAsThePrompt() {
        held(prefill(100, 400, 10, 80), "1 rounds");
        broken(prefill(100, 400, 10, 81), "PF-04", "it grew 8.1 times, to 81.0 ms");
        held(prefill(100, 400, 1, 20), "1 rounds");
        broken(prefill(100, 400, 1, 21), "PF-04", "to 21.0 ms");
    }

    @Test
    void medianOfTwoRoundsIsTheirMean() {
        List<Figure> figures = PrefillScaling.figures(List.of(round(100, 400, 100, 400), round(100, 400, 50, 400)));
        assertThat(figures).extracting(Figure::value).containsExactly(1500.0, 1000.0);
    }

    @Test
    void countThatNoPromptCanHaveIsNone() {
        String end = Literal.end(1, "max_tokens").replace("in\":1", "in\":4294967301");
        Generation huge = Literal.generation(Literal.STARTED + Literal.token("a", 0) + end);
        inconclusive(PrefillScaling.judge(List.of(List.of(huge, huge))), "count of its tokens");
        String most = Literal.end(1, "max_tokens").replace("in\":1", "in\":2147483647");
        Generation large = Literal.generation(Literal.STARTED + Literal.token("a", 0) + most);
        held(PrefillScaling.judge(List.of(List.of(timed(1, 2, i -> i), large))), "1 rounds");
    }

    // --- PF-01 to PF-03

    @Test
    void healthMayTakeItsBudget() {
        Duration budget = Duration.ofMillis(4);
        // a histogram of three digits gives 4.001 ms for 4 ms
        held(HealthLatency.judge(List.of(calls(50, 4, 200)), 50, budget.plusNanos(1_000)), "p99 4.00 ms");
        broken(HealthLatency.judge(List.of(calls(50, 4, 200)), 50, budget), "PF-03", "health p99 within 4.0 ms");
        assertThat(HealthLatency.figures(List.of(calls(50, 4, 200)), 50, budget))
                .extracting(Figure::budget)
                .containsExactly(OptionalDouble.empty(), OptionalDouble.of(4));
    }

    @Test
    void latencyMayTakeItsBudget() {
        var record = new LatencyRecord(Collections.nCopies(2, timed(3, 3, i -> 1 + i)));
        held(record.judge("PF-01", record.firstTokenFigures(Duration.ofMillis(1)), 2), "TTFT p95 1.00 ms");
        broken(
                record.judge("PF-01", record.firstTokenFigures(Duration.ofNanos(999_000)), 2),
                "PF-01",
                "it was 1.00 ms");
    }

    private static Verdict decode(int stall) {
        Generation one = timed(10, 64, i -> 20 * i + (i < 32 ? 0 : stall));
        return SteadyDecode.judge(Collections.nCopies(2, one), Duration.ofMillis(900), 5, Duration.ofMillis(50), 2);
    }

    @Test
    void gapMayBeAFewTimesTheMean() {
        // 63 gaps of 20 ms and a stall: the mean is 20 ms and a 63rd of the stall
        held(decode(86), "2 generations");
        broken(decode(87), "PF-02", "over 5 times its mean", "by 107.0 ms");
    }

    @Test
    void gapMayBeAsLongAsTheFloor() {
        Generation one = timed(10, 64, i -> i + (i < 32 ? 0 : 49));
        held(SteadyDecode.judge(List.of(one), Duration.ofMillis(90), 5, Duration.ofMillis(50), 1), "1 generations");
        Generation two = timed(10, 64, i -> i + (i < 32 ? 0 : 50));
        broken(
                SteadyDecode.judge(List.of(two), Duration.ofMillis(90), 5, Duration.ofMillis(50), 1),
                "PF-02",
                "51.0 ms");
    }
}
