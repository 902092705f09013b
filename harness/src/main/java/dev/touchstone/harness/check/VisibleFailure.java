package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.verdict.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Judges OA-08: a generation that failed in the middle of its stream shows it by an error object as the last data, and
 * does not look complete.
 */
public final class VisibleFailure {
    private static final String RULE = "OA-08";
    /** One stream that the model ended early may be the chance of a near tie; several are not. */
    private static final int SEVERAL = 2;

    private VisibleFailure() {}

    /**
     * @param streams at temperature 0 that were interrupted from outside, by a signal to the worker, long before they
     *     could be complete
     */
    public static Verdict judge(List<Generation> streams) {
        var findings = new Findings(RULE);
        List<Generation> overtaken =
                streams.stream().filter(stream -> isOvertaken(stream, streams)).toList();
        int failed = 0;
        for (Generation stream : streams) {
            boolean whole = isWhole(stream) && !(overtaken.size() >= SEVERAL && overtaken.contains(stream));
            // Who got no head yet was not in the middle of a stream.
            if (whole || stream.exchange().status() != 200) {
                continue;
            }
            failed++;
            one(stream, findings);
        }
        return failed == 0
                ? noneFailed(streams)
                : findings.orHeld("%d streams that failed ended with an error object".formatted(failed));
    }

    /**
     * A quick worker needs no more than the time that it gives its jobs before it stops; then there is nothing to see. Where
     * not even one came to its full length, the model may have had nothing to say.
     */
    private static Verdict noneFailed(List<Generation> streams) {
        List<Generation> begun = streams.stream()
                .filter(stream -> stream.exchange().status() == 200)
                .toList();
        return begun.stream().anyMatch(VisibleFailure::isAtItsLimit)
                ? new Verdict.Unsupported(
                        RULE,
                        "the worker let all %d streams that it had begun come to their end before it stopped, so none failed"
                                .formatted(begun.size()))
                : new Verdict.Inconclusive(RULE, "every stream was complete before it could fail");
    }

    /** Worth nothing here: the worker let it end as it was asked. */
    private static boolean isWhole(Generation stream) {
        return stream.ended() && (stream.endedByModel() || isAtItsLimit(stream));
    }

    private static boolean isAtItsLimit(Generation stream) {
        return stream.ended()
                && stream.countsTokens()
                && stream.stopReason().filter("max_tokens"::equals).isPresent()
                && stream.maxTokens().filter(n -> stream.tokenCount() == n).isPresent();
    }

    /** Whether it says that the model ended it where the same request, sent again, was not at its end. */
    private static boolean isOvertaken(Generation stream, List<Generation> all) {
        return stream.ended()
                && stream.endedByModel()
                && all.stream()
                        .anyMatch(other -> isSameRequest(stream, other)
                                && other.text().length() > stream.text().length()
                                && other.text().startsWith(stream.text()));
    }

    private static boolean isSameRequest(Generation a, Generation b) {
        return a.exchange().request().url().equals(b.exchange().request().url())
                && Arrays.equals(
                        a.exchange().request().body(), b.exchange().request().body());
    }

    private static void one(Generation stream, Findings findings) {
        String expected = "an error object as the last data";
        List<SseEvent> events = stream.stream().events();
        Optional<SseEvent> error = events.stream()
                .filter(e -> Fields.of(e.data()).filter(f -> f.has("error")).isPresent())
                .findFirst();
        if (error.isEmpty()) {
            String how = stream.ended()
                    ? "it looked complete: finish_reason %s after %d tokens"
                            .formatted(stream.stopReason().orElse(""), stream.tokenCount())
                    : "the stream just stopped after %d pieces: %s"
                            .formatted(
                                    stream.tokens().size(),
                                    Shown.end(stream.exchange().end()));
            findings.add(expected, how);
            return;
        }
        int at = events.indexOf(error.get());
        if (at + 1 < events.size()) {
            findings.at(
                    events.get(at + 1), expected, Shown.brief(events.get(at + 1).data()) + " came after the error");
        }
        events.subList(0, at).stream()
                .filter(e -> Fields.of(e.data())
                        .flatMap(OpenAiReading::choice)
                        .filter(c -> c.path("finish_reason").isTextual())
                        .isPresent())
                .findFirst()
                .ifPresent(e -> findings.at(e, "no finish_reason where the generation failed", Shown.brief(e.data())));
        if (stream.exchange().end() instanceof BodyEnd.TimedOut) {
            findings.at(error.get(), "the body closed after the error", "it was left open");
        }
    }
}
