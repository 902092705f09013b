package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Judges QU-02: a full queue refuses at once and says when to come again. {@code Retry-After} is a number of seconds or
 * an HTTP date (RFC 9110, section 10.2.3).
 */
public final class QueueLimit {
    private static final String RULE = "QU-02";
    private static final String DATE = "[A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT";

    private QueueLimit() {}

    /**
     * @param waiting how many requests were under way when the first was refused, or when the client stopped asking
     * @param unanswered how many of them had no answer at all, not even a head
     * @param most how many a worker may take before it counts as taking all
     * @param refusals the answers of another kind than a stream
     * @param budget for the quickest of them
     * @param openai whether the dialect is OpenAI's, in which 429 is as good and the error's form is another
     */
    public static Verdict judge(
            int waiting, int unanswered, int most, List<Exchange> refusals, Duration budget, boolean openai) {
        var findings = new Findings(RULE);
        if (refusals.isEmpty()) {
            return waiting >= most
                    ? findings.add(
                                    "a full queue that refuses with 503 BUSY, at the latest after %d requests"
                                                    .formatted(most)
                                            + " (budget queue-most: set it higher for a worker whose queue is meant to hold more)",
                                    "%d requests were sent, and none refused%s"
                                            .formatted(
                                                    waiting,
                                                    unanswered > 0
                                                            ? "; %d of them had no answer at all".formatted(unanswered)
                                                            : ""))
                            .broken()
                    : new Verdict.Inconclusive(
                            RULE, "the queue could not be filled: jobs ended as fast as they were sent");
        }
        refusals.forEach(refusal -> form(refusal, openai, findings));
        long best = refusals.stream()
                .filter(r -> r.head().isPresent())
                .mapToLong(r -> r.end().nanos())
                .min()
                .orElse(0);
        if (best > budget.toNanos()) {
            findings.add(
                    "a full queue to refuse within %d ms".formatted(budget.toMillis()),
                    "the quickest of %d refusals took %s".formatted(refusals.size(), Shown.millis(best)));
        }
        return findings.orHeld("refused with %d requests under way, %d times, the quickest after %s"
                .formatted(waiting, refusals.size(), Shown.millis(best)));
    }

    private static void form(Exchange refusal, boolean openai, Findings findings) {
        if (refusal.head().isEmpty()) {
            findings.add("503 BUSY where the queue is full", Shown.answer(refusal));
            return;
        }
        Set<Integer> statuses = openai ? Set.of(503, 429) : Set.of(503);
        if (!statuses.contains(refusal.status())) {
            findings.add("503 BUSY where the queue is full", Shown.answer(refusal));
        }
        String after = refusal.head().flatMap(h -> h.header("Retry-After")).orElse("absent");
        if (!after.matches("\\d+") && !after.matches(DATE)) {
            findings.add("Retry-After, in seconds or as a date", "it was " + Shown.brief(after));
        }
        if (!openai) {
            Fields.of(refusal.bodyText())
                    .ifPresentOrElse(
                            body -> members(body, findings),
                            () -> findings.add("a JSON error body with code BUSY", Shown.answer(refusal)));
        }
    }

    private static void members(Fields body, Findings findings) {
        if (body.string("code").filter("BUSY"::equals).isEmpty()) {
            findings.add("code BUSY", "it was " + body.shown("code"));
        }
        if (!body.bool("retriable").orElse(false)) {
            findings.add("retriable true", "it was " + body.shown("retriable"));
        }
    }
}
