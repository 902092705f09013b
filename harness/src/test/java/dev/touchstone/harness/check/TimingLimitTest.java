package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.TimingTest.called;
import static dev.touchstone.harness.check.TimingTest.timed;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.brokenAt;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** EV-07, HL-02 and HL-03 at the moment where they turn. */
class TimingLimitTest {
    private static final Duration BUDGET = Duration.ofMillis(100);

    private static Verdict flushed(int tokens, IntUnaryOperator millis, IntUnaryOperator read) {
        return Flushing.judge(List.of(timed(tokens, millis, read)));
    }

    @Test
    void judges32TokensIn200Milliseconds() {
        assertThat(Flushing.applies(timed(32, i -> 10 * i, i -> i))).isTrue();
        assertThat(Flushing.applies(timed(31, i -> 10 * i, i -> i))).isFalse();
        assertThat(Flushing.applies(timed(41, i -> 5 * i, i -> i))).isTrue();
        assertThat(Flushing.applies(timed(40, i -> 5 * i, i -> i))).isFalse();
    }

    @Test
    void wantsTheFirstTokenInTheFirstHalf() {
        held(flushed(41, i -> i == 0 ? 40 : 10 * i, i -> i), "the first after 10% of 400.0 ms");
        held(flushed(41, i -> Math.max(199, 10 * i), i -> i), "the first after 50% of 400.0 ms");
        broken(
                flushed(41, i -> Math.max(200, 10 * i), i -> i),
                "EV-07",
                "the first token before 50%",
                "it came after 50% of 400.0 ms");
    }

    @Test
    void letsAQuarterComeInOneRead() {
        held(flushed(40, i -> 10 * i, i -> i < 30 ? i : 30), "at most 10 in one");
        brokenAt(29, flushed(40, i -> 10 * i, i -> i < 29 ? i : 29), "EV-07", "11 of 40 came in one read");
    }

    @Test
    void takesEqualBlocksOfEightOrMoreForACounter() {
        broken(flushed(64, i -> 10 * i, i -> i / 8), "EV-07", "64 of 64 came in blocks of exactly 8");
        held(flushed(63, i -> 10 * i, i -> i / 7), "at most 7 in one");
        IntUnaryOperator fourBlocks = i -> i < 32 ? i / 8 : i;
        broken(flushed(40, i -> 10 * i, fourBlocks), "EV-07", "32 of 40 came in blocks of exactly 8");
        held(flushed(41, i -> 10 * i, fourBlocks), "at most 8 in one");
    }

    private static Verdict decode(List<Exchange> calls, IntUnaryOperator millis, double factor) {
        return HealthDuring.decode(
                List.of(timed(40, millis, i -> i)), calls, calls.size(), BUDGET, factor, Duration.ofMillis(50));
    }

    /** So many calls, of which the last few are slow. */
    private static List<Exchange> calls(int count, int slow, int millis) {
        List<Exchange> calls = new ArrayList<>(Collections.nCopies(count - slow, called(200, 10, 5)));
        calls.addAll(Collections.nCopies(slow, called(200, 10, millis)));
        return calls;
    }

    @Test
    void takesThe99thOfAHundredCalls() {
        held(decode(calls(100, 1, 500), i -> 10 * i, 5), "p99 5.0 ms");
        broken(decode(calls(100, 2, 500), i -> 10 * i, 5), "HL-02", "health p99 within 100 ms", "500.0 ms over 100");
        held(decode(calls(100, 2, 100), i -> 10 * i, 5), "p99 100.0 ms");
    }

    @Test
    void allowsGapsOfAFewMedians() {
        held(decode(calls(50, 0, 5), i -> i < 20 ? 20 * i : 20 * i + 80, 5), "50 health calls");
        broken(decode(calls(50, 0, 5), i -> i < 20 ? 20 * i : 20 * i + 81, 5), "HL-02", "over 100.0 ms", "101.0 ms");
    }

    private static Verdict prefill(int millis, Exchange... calls) {
        return HealthDuring.prefill(timed(2, i -> millis + i, i -> i), List.of(calls), BUDGET);
    }

    @Test
    void prefillOfTwoBudgetsTellsWhetherHealthWaits() {
        broken(prefill(200, called(200, 5, 300)), "HL-03", "during a prefill of 200.0 ms", "all 1 calls");
        inconclusive(prefill(199, called(200, 5, 300)), "no health call fell into a prefill of 199.0 ms");
        broken(prefill(200, called(503, 5, 1)), "HL-03", "health to answer 200", "503");
    }

    @Test
    void crowdIsJudgedByTheMedian() {
        held(HealthDuring.crowd(calls(4, 2, 101), BUDGET), "median 5.0 ms");
        broken(HealthDuring.crowd(calls(4, 3, 101), BUDGET), "HL-02", "half of 4 calls took 101.0 ms or more");
        held(HealthDuring.crowd(calls(4, 3, 100), BUDGET), "median 100.0 ms");
    }
}
