package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.ending;
import static dev.touchstone.harness.check.Literal.generation;
import static dev.touchstone.harness.check.Literal.tokens;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.check.HealthActivity.Watched;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The teeth of HL-04 and HL-05, and of HL-02 and HL-03 where many wait or a prefill is left. */
class HealthTruthTest {
    private static final Duration REST = Duration.ofMillis(10);
    private static final Duration BUDGET = Duration.ofMillis(100);
    private static final String IDLE = "{\"status\":\"healthy\",\"queue_depth\":0}";
    private static final String BUSY = "{\"status\":\"healthy\",\"active_job\":\"j-1\",\"queue_depth\":0}";
    private static final String DEAD = "{\"status\":\"unhealthy\"}";
    /** Its first token comes after 2 ms, its end after 7. */
    private static final Generation SIX = generation(STARTED + tokens(0, 5) + end(5, "max_tokens"));

    static Exchange said(int status, String body, int sentMillis, int latencyMillis) {
        Exchange base = Literal.answer(status, body);
        var request = new RequestRecord(
                "GET", "http://worker/health", List.of(), new byte[0], Literal.SENT.plusMillis(sentMillis));
        return new Exchange(
                1, "health", request, base.head(), base.chunks(), new BodyEnd.Complete(latencyMillis * 1_000_000L));
    }

    private static Verdict activity(String during, String after) {
        return HealthActivity.judge(
                List.of(new Watched(SIX, List.of(said(200, during, 4, 1), said(200, after, 18, 1)))), REST);
    }

    @Test
    void acceptsHealthThatShowsTheJobByEitherMember() {
        held(activity(BUSY, IDLE), "showed 1 generations");
        held(activity("{\"queue_depth\":1}", "{\"queue_depth\":0}"), "none after them");
        held(activity("{\"active_job\":1}", "{\"active_job\":0}"), "none after them");
        held(activity(BUSY, "{\"active_job\":null,\"queue_depth\":0}"), "none after them");
    }

    @Test
    void catchesConstantValues() {
        broken(activity(IDLE, IDLE), "HL-04", "to show a running generation", "queue_depth 0");
        broken(activity(BUSY, BUSY), "HL-04", "neither to be there 10 ms after the end", "j-1");
    }

    @Test
    void saysUnsupportedWithoutTheMembersAndInconclusiveWithoutALook() {
        assertThat(activity("{}", "{}")).isInstanceOf(Verdict.Unsupported.class);
        inconclusive(HealthActivity.judge(List.of(), REST), "no health call");
        inconclusive(
                HealthActivity.judge(List.of(new Watched(SIX, List.of(said(200, BUSY, 4, 1)))), REST),
                "no health call fell both");
        inconclusive(
                HealthActivity.judge(
                        List.of(new Watched(SIX, List.of(said(200, BUSY, 6, 3), said(200, IDLE, 18, 1)))), REST),
                "no health call fell both");
    }

    private static HealthTruth.Failure failure(List<Exchange> health, Generation later, boolean exited) {
        return new HealthTruth.Failure(
                "the engine was killed",
                Literal.SENT.plusMillis(3),
                health,
                ending(STARTED + tokens(0, 2), new BodyEnd.Cut(9_000_000, "connection reset")),
                later,
                exited);
    }

    private static Verdict truth(Exchange... health) {
        return HealthTruth.judge(failure(List.of(health), Generation.of(Literal.answer(503, "{}")), false), BUDGET);
    }

    @Test
    void acceptsHealthThatSaysSoAndAWorkerThatExits() {
        held(truth(said(200, IDLE, 10, 1), said(503, DEAD, 60, 1), said(503, DEAD, 200, 1)), "health answered 503");
        Exchange nobody = ContextTest.none(new BodyEnd.Cut(1, BodyEnd.Cut.REFUSED));
        held(HealthTruth.judge(failure(List.of(nobody), Generation.of(nobody), true), BUDGET), "the worker exited");
    }

    @Test
    void catchesAWorkerThatIsHealthyAfterItsEngineDied() {
        broken(
                truth(said(200, IDLE, 10, 1), said(200, IDLE, 150, 1)),
                "HL-05",
                "health 503 within 100 ms after the engine was killed",
                "it was 200 after 147.0 ms");
        broken(truth(said(503, DEAD, 10, 1), said(200, IDLE, 60, 1)), "HL-05", "never green again");
        broken(truth(said(503, IDLE, 10, 1), said(503, IDLE, 150, 1)), "HL-05", "status unhealthy with 503");
        broken(truth(said(500, "oops", 10, 1), said(500, "oops", 150, 1)), "HL-05", "503 from health", "it was 500");
    }

    @Test
    void catchesHealthThatDoesNotAnswer() {
        Exchange silent = silent(10);
        broken(
                truth(silent, silent(150)),
                "HL-05",
                "health 503 within 100 ms after the engine was killed",
                "no answer came: the kit gave up");
        held(truth(silent, said(503, DEAD, 150, 1)), "health answered 503");
        inconclusive(truth(silent), "not asked for long enough");
    }

    private static Exchange silent(int sentMillis) {
        return new Exchange(
                1,
                "health",
                said(503, DEAD, sentMillis, 1).request(),
                Optional.empty(),
                List.of(),
                new BodyEnd.TimedOut(2_000_000_000L));
    }

    @Test
    void catchesAJobThatHangs() {
        Generation hung = ending("", new BodyEnd.TimedOut(30_000_000_000L));
        broken(
                HealthTruth.judge(failure(List.of(said(503, DEAD, 200, 1)), hung, false), BUDGET),
                "HL-05",
                "a job after it to end with an error",
                "it hung");
    }

    @Test
    void blamesNobodyWhoseEngineCameBackOrWhoWasNotWatched() {
        inconclusive(
                HealthTruth.judge(failure(List.of(said(200, IDLE, 200, 1)), SIX, false), BUDGET),
                "did not fail for good");
        inconclusive(truth(said(200, IDLE, 10, 1)), "not asked for long enough");
        inconclusive(truth(), "not asked after the failure");
        var over = new HealthTruth.Failure(
                "the engine was killed",
                Literal.SENT.plusMillis(90),
                List.of(said(200, IDLE, 200, 1)),
                SIX,
                Generation.of(Literal.answer(503, "{}")),
                false);
        inconclusive(HealthTruth.judge(over, BUDGET), "was over before");
    }

    @Test
    void judgesHealthWhileManyWait() {
        List<Exchange> calls =
                IntStream.range(0, 20).mapToObj(n -> said(200, IDLE, n, 5)).toList();
        held(HealthDuring.crowd(calls, BUDGET), "20 health calls", "median 5.0 ms");
        broken(
                HealthDuring.crowd(List.of(said(200, IDLE, 1, 101)), BUDGET),
                "HL-02",
                "while many clients wait",
                "101.0 ms");
        List<Exchange> oneLong = Stream.concat(calls.stream(), Stream.of(said(200, IDLE, 30, 2001)))
                .toList();
        broken(HealthDuring.crowd(oneLong, BUDGET), "HL-02", "no health call to take 2000 ms", "2001.0 ms");
        broken(HealthDuring.crowd(List.of(said(503, IDLE, 1, 1)), BUDGET), "HL-02", "health to answer 200");
        inconclusive(HealthDuring.crowd(List.of(), BUDGET), "was not asked");
    }

    @Test
    void judgesAPrefillThatTheClientDidNotWaitFor() {
        Generation left = ending(STARTED, new BodyEnd.Abandoned(10_000_000_000L));
        held(HealthDuring.prefill(left, List.of(said(200, IDLE, 1, 5)), BUDGET), "1 of 1", "10000.0 ms");
        broken(
                HealthDuring.prefill(left, List.of(said(200, IDLE, 1, 10_100)), BUDGET),
                "HL-03",
                "all 1 calls were answered only after it");
        Generation noText = generation(STARTED + end(0, "eos"));
        held(HealthDuring.prefill(noText, List.of(said(200, IDLE, 1, 1)), BUDGET), "within a prefill of 2.0 ms");
        inconclusive(
                HealthDuring.prefill(ending(STARTED, new BodyEnd.Complete(1)), List.of(), BUDGET), "no token ended");
    }
}
