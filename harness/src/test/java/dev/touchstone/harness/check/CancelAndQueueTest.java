package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.answer;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.generation;
import static dev.touchstone.harness.check.Literal.token;
import static dev.touchstone.harness.check.Literal.tokens;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The teeth of CA-02, CA-03, CA-04, CA-05, QU-02 and QU-03. */
class CancelAndQueueTest {
    private static final String CANCELLED =
            "event: error\ndata: {\"code\":\"CANCELLED\",\"message\":\"m\",\"retriable\":true}\n\n";
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Generation WHOLE = generation(Literal.CONFORMING);
    private static final Exchange ACCEPTED = answer(202, "{}");
    private static final Exchange REFUSED = answer(400, "{}");

    private static Verdict isolation(List<Generation> others, Exchange cancel, Exchange nameless) {
        return CancelIsolation.judge(List.of(WHOLE, WHOLE), others, List.of(ACCEPTED, cancel), nameless);
    }

    @Test
    void acceptsCancelsThatTouchNothing() {
        held(isolation(List.of(WHOLE, WHOLE), ACCEPTED, REFUSED), "2 cancels", "2 jobs");
    }

    @Test
    void catchesAnErrorForAnUnknownOrRepeatedId() {
        broken(isolation(List.of(WHOLE), answer(404, "{}"), REFUSED), "CA-02", "202 to POST /cancel", "404");
        broken(isolation(List.of(WHOLE), answer(500, "{}"), REFUSED), "CA-02", "202 to POST /cancel", "500");
        broken(isolation(List.of(WHOLE), ACCEPTED, ACCEPTED), "CA-02", "400 to POST /cancel without job_id");
    }

    @Test
    void catchesACancelOfTheNextJob() {
        broken(
                isolation(List.of(WHOLE, generation(STARTED + CANCELLED)), ACCEPTED, REFUSED),
                "CA-02",
                "job 2, which no cancel named",
                "CANCELLED");
        broken(
                isolation(List.of(generation(STARTED + token("a", 0) + end(1, "max_tokens"))), ACCEPTED, REFUSED),
                "CA-02",
                "job 1 beside the cancels differs");
    }

    @Test
    void doesNotBlameCancelsForAWorkerThatDisagreesWithItself() {
        Generation other = generation(STARTED + token("x", 0) + end(1, "max_tokens"));
        inconclusive(CancelIsolation.judge(List.of(WHOLE, other), List.of(other), List.of(ACCEPTED), REFUSED), "DT-01");
        inconclusive(
                CancelIsolation.judge(List.of(WHOLE, WHOLE), List.of(), List.of(ACCEPTED), REFUSED), "nothing ran");
    }

    private static Verdict queued(String first, Generation behind) {
        Generation running = generation(STARTED + tokens(0, 40) + CANCELLED);
        return QueuedCancel.judge(
                List.of(running),
                List.of(generation(first), generation(STARTED + CANCELLED)),
                List.of(ACCEPTED, ACCEPTED),
                behind);
    }

    @Test
    void catchesAQueuedJobThatRunsAnyway() {
        held(queued(CANCELLED, WHOLE), "2 queued jobs", "none gave a token");
        held(queued(STARTED + CANCELLED, WHOLE), "2 queued jobs");
        broken(queued(Literal.CONFORMING, WHOLE), "CA-03", "queued job 1 ran and gave 2 tokens");
        broken(queued(STARTED + token("a", 0) + CANCELLED, WHOLE), "CA-03", "gave 1 tokens");
        broken(queued("", WHOLE), "CA-03", "error CANCELLED as the end", "no terminal event");
        broken(queued(STARTED + end(0, "eos"), WHOLE), "CA-03", "error CANCELLED as the end");
        broken(queued(CANCELLED, generation(STARTED + CANCELLED)), "CA-03", "the job behind");
    }

    @Test
    void aCancelThatCameTooLateProvesNothing() {
        Generation running = generation(STARTED); // over after a moment, before the cancel was answered
        inconclusive(QueuedCancel.judge(List.of(running), List.of(WHOLE), List.of(ACCEPTED), WHOLE), "was over before");
    }

    private static Verdict gone(Generation next, Duration owed) {
        return Abandonment.judge(
                List.of(WHOLE), List.of(new Abandonment.Departure("by RST", next, owed)), Duration.ofMillis(20));
    }

    @Test
    void catchesAZombieGeneration() {
        held(gone(WHOLE, SECOND), "by RST 1.0 ms");
        Generation late = generation(": wait\n\n".repeat(1) + "event: x\ndata: {}\n\n".repeat(30) + Literal.CONFORMING);
        broken(gone(late, SECOND), "CA-04", "by RST", "started after 3");
        broken(gone(generation(""), SECOND), "CA-04", "it did not");
        inconclusive(gone(WHOLE, Duration.ofMillis(30)), "too soon to tell");
        inconclusive(Abandonment.judge(List.of(), List.of(), SECOND), "no request could be measured");
    }

    @Test
    void catchesAQueuedClientsDepartureThatEndsAnothersJob() {
        List<Generation> baselines = List.of(WHOLE, WHOLE);
        held(Abandonment.undisturbed(baselines, WHOLE, 3), "3 clients left the queue");
        broken(
                Abandonment.undisturbed(baselines, generation(STARTED + token("a", 0) + CANCELLED), 3),
                "CA-04",
                "a running job to come to its end",
                "CANCELLED");
        broken(Abandonment.undisturbed(baselines, says("x"), 3), "CA-04", "the running job differs");
        inconclusive(Abandonment.undisturbed(List.of(WHOLE, says("x")), WHOLE, 3), "DT-01");
        inconclusive(Abandonment.undisturbed(baselines, WHOLE, 0), "nobody left");
    }

    private static Verdict stalled(Generation other, Exchange health, String body, BodyEnd end) {
        return StalledReader.judge(
                List.of(other),
                List.of(health),
                SECOND,
                SECOND,
                List.of(Literal.stream("", body, end)),
                2,
                Duration.ofMillis(0));
    }

    @Test
    void catchesAStalledReaderThatBlocksTheWorker() {
        Exchange health = answer(200, "{}");
        BodyEnd cut = new BodyEnd.Cut(2_000_000, "the worker reset the connection");
        held(stalled(WHOLE, health, Literal.CONFORMING, cut), "1 of 1 clients that did not read were cut off");
        held(stalled(WHOLE, health, STARTED, new BodyEnd.Complete(2_000_000)), "cut off");
        broken(stalled(generation(""), health, "", cut), "CA-05", "other requests to be served");
        broken(
                StalledReader.judge(
                        List.of(generation(STARTED + tokens(0, 90) + end(90, "max_tokens"))),
                        List.of(health),
                        Duration.ofMillis(50),
                        SECOND,
                        List.of(),
                        1,
                        SECOND),
                "CA-05",
                "within 50 ms",
                "one took 92.0 ms");
        Exchange silent = Literal.exchange(200, Map.of(), "", "{}", new BodyEnd.TimedOut(3_000_000_000L));
        broken(stalled(WHOLE, silent, "", cut), "CA-05", "health answered within 1000 ms", "3000.0 ms");
    }

    @Test
    void catchesAReaderThatIsNeverCutOff() {
        Exchange health = answer(200, "{}");
        BodyEnd open = new BodyEnd.TimedOut(5_000_000_000L);
        inconclusive(stalled(WHOLE, health, Literal.CONFORMING + Literal.CONFORMING, open), "buffers");
        Exchange goesOn = Timed.body(Literal.CONFORMING, open, 100_000_000L, 900_000_000L);
        broken(
                StalledReader.judge(
                        List.of(WHOLE), List.of(health), SECOND, SECOND, List.of(goesOn), 2, Duration.ofMillis(100)),
                "CA-05",
                "to be cut off",
                "went on for 800.0 ms");
    }

    private static final String BUSY = "{\"code\":\"BUSY\",\"message\":\"m\",\"retriable\":true}";

    static Exchange busy(int status, String after, String body, long millis) {
        return Literal.exchange(
                status, Map.of("Retry-After", after), "", body, new BodyEnd.Complete(millis * 1_000_000));
    }

    private static Verdict full(Exchange... refusals) {
        return QueueLimit.judge(65, 0, 600, List.of(refusals), SECOND, false);
    }

    @Test
    void judgesTheRefusalOfAFullQueue() {
        held(full(busy(503, "1", BUSY, 2)), "65 requests", "2.0 ms");
        held(full(busy(503, "Tue, 24 Nov 2026 12:00:00 GMT", BUSY, 2)), "65 requests");
        held(full(busy(503, "1", BUSY, 5000), busy(503, "1", BUSY, 2)), "quickest after 2.0 ms");
        broken(full(busy(503, "1", BUSY, 5000)), "QU-02", "within 1000 ms", "5000.0 ms");
        broken(full(busy(503, "soon", BUSY, 2)), "QU-02", "Retry-After", "soon");
        broken(full(answer(503, BUSY)), "QU-02", "Retry-After", "absent");
        broken(full(busy(503, "1", BUSY.replace("true", "false"), 2)), "QU-02", "retriable true");
        broken(full(busy(500, "1", BUSY, 2)), "QU-02", "503 BUSY", "500");
        broken(full(busy(504, "1", "", 2)), "QU-02", "503 BUSY");
        held(QueueLimit.judge(9, 0, 600, List.of(busy(429, "1", "{}", 2)), SECOND, true), "9 requests");
        broken(full(busy(429, "1", BUSY, 2)), "QU-02", "503 BUSY", "429");
    }

    @Test
    void catchesAQueueWithoutABound() {
        broken(QueueLimit.judge(600, 0, 600, List.of(), SECOND, false), "QU-02", "queue-most", "none refused");
        broken(
                QueueLimit.judge(600, 591, 600, List.of(), SECOND, false),
                "QU-02",
                "queue-most",
                "591 of them had no answer at all");
        inconclusive(QueueLimit.judge(40, 0, 600, List.of(), SECOND, false), "as fast as they were sent");
    }

    @Test
    void catchesARefusedConnection() {
        Exchange refused = new Exchange(
                1,
                "x",
                WHOLE.exchange().request(),
                Optional.empty(),
                List.of(),
                new BodyEnd.Cut(1, BodyEnd.Cut.REFUSED));
        broken(full(refused), "QU-02", "503 BUSY", "connection refused");
    }

    static Generation says(String text) {
        return generation(STARTED + token(text, 0) + end(1, "max_tokens"));
    }

    @Test
    void catchesCrossTalkOfBuffers() {
        List<String> secrets = List.of("alpha", "beta", "gamma");
        held(CrossTalk.canaries(List.of(says("alpha"), says("beta"), says("?")), secrets), "2 concurrent streams");
        broken(
                CrossTalk.canaries(List.of(says("alpha beta"), says("beta"), says("gamma")), secrets),
                "QU-03",
                "stream 1 has \"beta\"");
        inconclusive(CrossTalk.canaries(List.of(says("a"), says("b"), says("c")), secrets), "too few");
    }

    @Test
    void catchesTextOfAnotherRequestByTheBaseline() {
        Generation a = says("one two three");
        Generation b = says("red green blue");
        List<Generation> alone = List.of(a, b, a, b);
        held(CrossTalk.baseline(alone, List.of(a, b)), "2 concurrent streams");
        broken(CrossTalk.baseline(alone, List.of(a, a)), "QU-03", "has text of request 1");
        broken(CrossTalk.baseline(alone, List.of(says("one red two"), b)), "QU-03", "request 1 among others differs");
        inconclusive(CrossTalk.baseline(List.of(a, b, b, a), List.of(a, b)), "DT-01");
    }
}
