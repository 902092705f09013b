package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;

/** Judges ER-04: a job that fails after started ends with one error event, and the body closes. */
public final class FailureEvent {
    private static final String RULE = "ER-04";

    private FailureEvent() {}

    /** Judges streams that were made to fail after they had begun; those that ended properly all the same do not count. */
    public static Verdict judge(List<Generation> streams) {
        var findings = new Findings(RULE);
        int failed = 0;
        for (Generation stream : streams) {
            boolean begun = stream.first("started").isPresent();
            // One that ran on until the kit gave up has not failed.
            boolean ranOn = stream.terminal().isEmpty() && stream.exchange().end() instanceof BodyEnd.TimedOut;
            if (begun && !stream.ended() && !ranOn) {
                failed++;
                one(stream, findings);
            }
        }
        return failed == 0
                ? findings.orInconclusive("no stream failed after started: "
                        + (streams.isEmpty()
                                ? "none was tried"
                                : streams.getLast().outcome()))
                : findings.orHeld("%d streams that failed ended with an error event".formatted(failed));
    }

    private static void one(Generation stream, Findings findings) {
        List<SseEvent> events = stream.stream().events();
        List<SseEvent> errors =
                events.stream().filter(e -> e.type().equals("error")).toList();
        if (errors.isEmpty()) {
            findings.add(
                    "one error event as the last of a job that failed",
                    "none came after %d events: %s"
                            .formatted(
                                    events.size(), Shown.end(stream.exchange().end())));
            return;
        }
        SseEvent error = errors.getFirst();
        if (!events.getLast().equals(error)) {
            findings.at(
                    events.getLast(),
                    "nothing after the error event",
                    "%s came".formatted(events.getLast().type()));
        }
        var body = Fields.of(error.data());
        if (body.isEmpty()) {
            findings.at(error, "one JSON object as the data of error", "it was " + Shown.quoted(error.data()));
        } else {
            members(error, body.get(), findings);
        }
        if (!(stream.exchange().end() instanceof BodyEnd.Complete)) {
            findings.at(
                    error,
                    "the body to close after the error event",
                    Shown.end(stream.exchange().end()));
        }
    }

    private static void members(SseEvent error, Fields body, Findings findings) {
        if (body.string("code").filter(ErrorWords.CODES::contains).isEmpty()) {
            findings.at(error, "one of the stable codes", "code was " + body.shown("code"));
        }
        if (body.string("message").filter(m -> !m.isBlank()).isEmpty()) {
            findings.at(error, "message, one sentence", "it was " + body.shown("message"));
        }
        if (body.bool("retriable").isEmpty()) {
            findings.at(error, "retriable, true or false", "it was " + body.shown("retriable"));
        }
        ErrorWords.inside(error.data())
                .ifPresent(part -> findings.at(
                        error, "no stack trace, class, path or address", "there was " + Shown.quoted(part)));
    }
}
