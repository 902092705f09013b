package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.answer;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.ending;
import static dev.touchstone.harness.check.Literal.generation;
import static dev.touchstone.harness.check.Literal.token;
import static dev.touchstone.harness.check.Literal.tokens;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The teeth of ER-04 and ER-05. */
class JobFailureTest {
    private static final String ERROR =
            "event: error\ndata: {\"code\":\"CANCELLED\",\"message\":\"The job was cancelled.\",\"retriable\":true}\n\n";
    private static final String BEGUN = STARTED + tokens(0, 2);
    private static final String DUPLICATE = "{\"code\":\"INVALID_REQUEST\",\"field\":\"job_id\",\"message\":"
            + "\"job_id must differ from that of every running job.\",\"retriable\":false}";

    private static Verdict failed(Generation... streams) {
        return FailureEvent.judge(List.of(streams));
    }

    @Test
    void acceptsOneErrorEventAndAClosedBody() {
        held(failed(generation(BEGUN + ERROR), generation(Literal.CONFORMING)), "1 streams that failed");
        inconclusive(failed(generation(Literal.CONFORMING)), "no stream failed", "end");
        inconclusive(failed(generation("")), "no stream failed");
        inconclusive(failed(), "none was tried");
        inconclusive(failed(ending(BEGUN, new BodyEnd.TimedOut(1))), "no stream failed");
    }

    @Test
    void catchesAConnectionThatIsResetInMidStream() {
        broken(
                failed(ending(BEGUN, new BodyEnd.Cut(9, "connection reset"))),
                "ER-04",
                "one error event",
                "connection reset");
        broken(failed(ending(BEGUN, new BodyEnd.Complete(9))), "ER-04", "none came after 3 events");
        broken(
                failed(ending(BEGUN + ERROR, new BodyEnd.Cut(9, "connection reset"))),
                "ER-04",
                "the body to close",
                "connection reset");
        broken(failed(ending(BEGUN + ERROR, new BodyEnd.TimedOut(9))), "ER-04", "the body to close", "gave up");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CANCELLED|Cancelled|one of the stable codes",
                "\"message\"|\"text\"|message, one sentence",
                "true|\"yes\"|retriable",
                "was cancelled|died in java.lang.Error: at Job.run(Job.java:9)|no stack trace",
                "{|[|one JSON object"
            })
    void catchesAnErrorEventOfAnotherForm(String from, String to, String word) {
        broken(failed(generation(BEGUN + ERROR.replace(from, to))), "ER-04", word);
    }

    @Test
    void catchesWhatComesAfterTheError() {
        broken(failed(generation(BEGUN + ERROR + token("x", 2))), "ER-04", "nothing after the error", "token came");
        broken(failed(generation(BEGUN + ERROR + end(2, "eos"))), "ER-04", "nothing after the error", "end came");
        broken(failed(generation(BEGUN + ERROR + ERROR)), "ER-04", "nothing after the error", "error came");
    }

    private static Generation text(String t) {
        return generation(STARTED + token(t, 0) + end(1, "max_tokens"));
    }

    private static final List<Generation> PLAIN = List.of(text("a"), text("a"));

    @Test
    void judgesUnknownFields() {
        held(JobIds.unknownFields(PLAIN, List.of(text("a"), text("a"))), "2 requests with unknown fields");
        broken(
                JobIds.unknownFields(PLAIN, List.of(Generation.of(answer(400, "{}")))),
                "ER-05",
                "unknown fields to be ignored",
                "status 400");
        broken(JobIds.unknownFields(PLAIN, List.of(text("b"))), "ER-05", "the text with unknown fields differs");
        inconclusive(JobIds.unknownFields(List.of(text("a"), text("b")), List.of(text("b"))), "disagrees with itself");
        inconclusive(JobIds.unknownFields(PLAIN, List.of()), "no request");
    }

    private static Exchange sent(Exchange exchange, int millis) {
        RequestRecord request = exchange.request();
        return new Exchange(
                1,
                "duplicate",
                new RequestRecord(
                        request.method(),
                        request.url(),
                        request.headers(),
                        request.body(),
                        Literal.SENT.plusMillis(millis)),
                exchange.head(),
                exchange.chunks(),
                exchange.end());
    }

    private static Verdict used(Generation first, Exchange duplicate, Generation later) {
        return JobIds.duplicate(new JobIds.Uses(PLAIN, first, duplicate, later));
    }

    @Test
    void acceptsAnIdThatIsRefusedWhileItsJobRunsAndAcceptedLater() {
        held(used(text("a"), sent(answer(400, DUPLICATE), 1), text("a")), "unharmed");
        inconclusive(used(text("a"), sent(answer(400, DUPLICATE), 50), text("a")), "was over before");
        inconclusive(
                JobIds.duplicate(new JobIds.Uses(List.of(), text("a"), sent(answer(400, DUPLICATE), 1), text("a"))),
                "too few");
    }

    @Test
    void catchesTwoStreamsThatShareAnId() {
        broken(
                used(text("a"), sent(answer(200, Literal.CONFORMING), 1), text("a")),
                "ER-05",
                "status 400",
                "it was 200");
        broken(
                used(text("ab"), sent(answer(400, DUPLICATE), 1), text("a")),
                "ER-05",
                "the job whose id was used again differs");
        broken(
                used(generation(STARTED + ERROR), sent(answer(400, DUPLICATE), 1), text("a")),
                "ER-05",
                "the running job to be unharmed",
                "CANCELLED");
        broken(
                used(text("a"), sent(answer(400, DUPLICATE), 1), Generation.of(answer(400, DUPLICATE))),
                "ER-05",
                "a finished job to be accepted",
                "status 400");
    }
}
