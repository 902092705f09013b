package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.CancelAndQueueTest.busy;
import static dev.touchstone.harness.check.CancelAndQueueTest.says;
import static dev.touchstone.harness.check.Literal.CONFORMING;
import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.answer;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.generation;
import static dev.touchstone.harness.check.Literal.token;
import static dev.touchstone.harness.check.Literal.tokens;
import static dev.touchstone.harness.check.TimingTest.called;
import static dev.touchstone.harness.check.TimingTest.timed;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** CA-01, CA-03 to CA-05 and QU-01 to QU-04 at the moment where they turn. */
class QueueDetailTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Generation WHOLE = generation(CONFORMING);
    private static final String CANCELLED =
            "event: error\ndata: {\"code\":\"CANCELLED\",\"message\":\"m\",\"retriable\":true}\n\n";

    // --- CA-01

    /** A job whose terminal event comes so many milliseconds after its request, cancelled at another. */
    private static CancelOutcome.Cancelled cancelled(int tokens, String last, int cancelMillis) {
        return new CancelOutcome.Cancelled(
                generation("{\"max_tokens\":2000}", STARTED + tokens(0, tokens) + last), called(202, cancelMillis, 1));
    }

    private static Verdict cancel(CancelOutcome.Cancelled... all) {
        return CancelOutcome.judge(List.of(all), Duration.ofMillis(100), SECOND);
    }

    @Test
    void cancelMayTakeItsBudget() {
        held(cancel(cancelled(200, CANCELLED, 102)), "the quickest ended after 100.0 ms");
        broken(cancel(cancelled(200, CANCELLED, 101)), "CA-01", "within 100 ms", "101.0 ms");
        broken(cancel(cancelled(1100, CANCELLED, 102)), "CA-01", "within 100 ms of the cancel", "1000.0 ms");
        broken(cancel(cancelled(1100, CANCELLED, 101)), "CA-01", "within 1000 ms", "1001.0 ms");
    }

    @Test
    void textThatEndsABudgetAfterTheCancelWasNotOverBefore() {
        broken(cancel(cancelled(200, end(200, "eos"), 102)), "CA-01", "CANCELLED", "end came");
        inconclusive(cancel(cancelled(200, end(200, "eos"), 103)), "was over before");
    }

    @Test
    void textThatWasOverBeforeTheCancelShowsNoPlaceWhereItWasCut() {
        CancelOutcome.Cancelled over = cancelled(3, end(3, "eos"), 9);
        CancelOutcome.Cancelled atOnce = cancelled(6, end(6, "eos"), 8);
        CancelOutcome.Cancelled after = cancelled(8, end(8, "eos"), 9);
        inconclusive(cancel(over, after), "was over before");
        inconclusive(cancel(atOnce, after), "was over before");
    }

    // --- CA-04

    private static Verdict gone(int startMillis, Duration owed) {
        Generation next = generation("event: ping\ndata: {}\n\n".repeat(startMillis - 1) + CONFORMING);
        return Abandonment.judge(
                List.of(WHOLE), List.of(new Abandonment.Departure("by RST", next, owed)), Duration.ofMillis(20));
    }

    @Test
    void nextRequestMayTakeTheBudgetAndWhatItTakesAlone() {
        held(gone(21, SECOND), "by RST 21.0 ms");
        broken(gone(22, SECOND), "CA-04", "to start within 21.0 ms", "started after 22.0 ms");
        held(gone(1, Duration.ofNanos(42_000_001)), "by RST 1.0 ms");
        inconclusive(gone(1, Duration.ofMillis(42)), "too soon to tell");
    }

    @Test
    void requestThatStartsAtOnceIsMeasuredToo() {
        Generation atOnce = timed(2, i -> i, i -> i);
        held(
                Abandonment.judge(
                        List.of(atOnce),
                        List.of(new Abandonment.Departure("by RST", WHOLE, SECOND)),
                        Duration.ofMillis(1)),
                "by RST 1.0 ms");
    }

    @Test
    void departuresInARowMustUseNothingUpHoweverQuickTheirJobs() {
        Duration budget = Duration.ofMillis(20);
        held(Abandonment.nothingUsedUp(List.of(WHOLE), WHOLE, 16, budget), "16 in a row, by FIN and RST");
        Generation none = Literal.ending("", new BodyEnd.TimedOut(9_000_000_000L));
        broken(Abandonment.nothingUsedUp(List.of(WHOLE), none, 16, budget), "CA-04", "16 in a row", "it did not");
    }

    // --- CA-05

    private static Verdict stalled(Generation other, Exchange health, Exchange stalled, Duration limit) {
        return StalledReader.judge(
                List.of(other), List.of(health), limit, limit, List.of(stalled), 2, Duration.ofMillis(100));
    }

    @Test
    void othersMayTakeTheirLimit() {
        Exchange cut = Literal.stream("", STARTED, new BodyEnd.Cut(2_000_000, "reset"));
        Exchange health = Literal.exchange(200, Map.of(), "", "{}", new BodyEnd.Complete(4_000_000));
        held(stalled(WHOLE, health, cut, Duration.ofMillis(4)), "1 of 1 clients");
        Exchange slow = Literal.exchange(200, Map.of(), "", "{}", new BodyEnd.Complete(4_000_001));
        broken(stalled(WHOLE, slow, cut, Duration.ofMillis(4)), "CA-05", "health answered within 4 ms");
    }

    @Test
    void readerThatGotEverythingWasNotCutOff() {
        Exchange health = answer(200, "{}");
        Exchange both = Literal.stream("", CONFORMING + CONFORMING, new BodyEnd.Cut(2_000_000, "reset"));
        inconclusive(stalled(WHOLE, health, both, SECOND), "cannot be told");
        inconclusive(stalled(WHOLE, health, answer(503, "{}"), SECOND), "refused a request");
    }

    @Test
    void readerMayStillFindABurstInTheBuffers() {
        BodyEnd open = new BodyEnd.TimedOut(5_000_000_000L);
        Exchange burst = Timed.body(CONFORMING, open, 100_000_000L, 350_000_000L);
        inconclusive(stalled(WHOLE, answer(200, "{}"), burst, SECOND), "cannot be told");
        Exchange longer = Timed.body(CONFORMING, open, 100_000_000L, 350_000_001L);
        broken(stalled(WHOLE, answer(200, "{}"), longer, SECOND), "CA-05", "went on for 250.0 ms");
    }

    // --- QU-01, QU-02 and QU-04

    private static Generation sent(int millis, int first, int last) {
        return Timed.generation(Duration.ofMillis(millis), 2, n -> n == 0 ? first : last);
    }

    @Test
    void countsWhoHadToWait() {
        List<Generation> inTurn = List.of(sent(0, 2, 10), sent(20, 2, 10));
        held(ConcurrentStreams.judge(List.of(inTurn), "m", SECOND, SECOND), "0 waited for another");
        List<Generation> queued = List.of(sent(0, 2, 10), sent(1, 11, 20));
        held(ConcurrentStreams.judge(List.of(queued), "m", SECOND, SECOND), "1 waited for another");
    }

    private static final String BUSY = "{\"code\":\"BUSY\",\"message\":\"m\",\"retriable\":true}";

    @Test
    void refusalMayTakeItsBudget() {
        held(QueueLimit.judge(9, 0, 600, List.of(busy(503, "1", BUSY, 1000)), SECOND, false), "1000.0 ms");
        Exchange none = ContextTest.none(new BodyEnd.Cut(1, BodyEnd.Cut.REFUSED));
        broken(
                QueueLimit.judge(9, 0, 600, List.of(none, busy(503, "1", BUSY, 1001)), SECOND, false),
                "QU-02",
                "refuse within 1000 ms",
                "1001.0 ms");
    }

    private static Verdict gap(int usual, int gap) {
        Generation running = Timed.generation(Duration.ZERO, 9, n -> usual * n + (n > 4 ? gap - usual : 0));
        Generation filling = Timed.generation(Duration.ZERO, 2, n -> usual + n);
        return PrefillGap.judge(List.of(new PrefillGap.Pair(running, filling)), Duration.ofMillis(50));
    }

    @Test
    void gapMayBeTenTimesTheMedianOrTheFloor() {
        held(gap(10, 100), "the largest gap of a running stream was 100.0 ms");
        broken(gap(10, 101), "QU-04", "no gap over 100.0 ms", "101.0 ms");
        held(gap(2, 50), "50.0 ms");
        broken(gap(2, 51), "QU-04", "no gap over 50.0 ms");
    }

    // --- QU-03

    @Test
    void saysWhoseSecretWasTold() {
        broken(
                CrossTalk.canaries(List.of(says("a1"), says("b2 c3"), says("c3")), List.of("a1", "b2", "c3")),
                "QU-03",
                "stream 2 has \"c3\", which was in request 3 only");
    }

    @Test
    void comparesEachRequestWithItsOwnSecondRun() {
        Generation a = says("one two three");
        Generation b = says("red green blue");
        inconclusive(CrossTalk.baseline(List.of(a, b, a, says("x")), List.of(a, b)), "DT-01");
    }

    @Test
    void tellsTextOfAnotherByMoreThanThreeCharacters() {
        Generation long4 = says("abcdefgh");
        Generation short3 = says("abcdef");
        Generation own = says("red green blue");
        broken(
                CrossTalk.baseline(List.of(long4, own, long4, own), List.of(long4, long4)),
                "QU-03",
                "request 2 among others, which has text of request 1, differs");
        broken(
                CrossTalk.baseline(List.of(short3, own, short3, own), List.of(short3, short3)),
                "QU-03",
                "request 2 among others differs");
    }

    @Test
    void countsQueuedJobsThatWereCancelled() {
        Generation running = generation(STARTED + tokens(0, 40) + CANCELLED);
        held(
                QueuedCancel.judge(
                        List.of(running), List.of(generation(CANCELLED)), List.of(answer(202, "{}")), says("a")),
                "1 queued jobs cancelled");
        broken(
                QueuedCancel.judge(
                        List.of(running),
                        List.of(generation(STARTED + token("a", 0) + CANCELLED)),
                        List.of(answer(202, "{}")),
                        says("a")),
                "CA-03",
                "queued job 1 ran");
    }
}
