package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Judges CA-01: a cancelled job ends soon with error CANCELLED. */
public final class CancelOutcome {
    private static final String RULE = "CA-01";

    private CancelOutcome() {}

    /** A generation and the call that was to cancel it. */
    public record Cancelled(Generation generation, Exchange cancel) {
        /** Nanoseconds from the cancel call to the terminal event; negative where that came first. */
        long nanos() {
            Duration between = Duration.between(
                    generation.exchange().request().sentAt(), cancel.request().sentAt());
            return generation.durationNanos() - between.toNanos();
        }
    }

    /**
     * A job that ends of itself just then proves nothing; but where the same prompt ends at other places each time, the
     * cancel ended it, and {@code end} is the wrong word for that.
     *
     * @param cancels of greedy generations of one prompt, each cancelled at another place
     * @param budget that at least one of the cancels must keep; a busy kit only ever adds to the time
     * @param hard that every cancel must keep
     */
    public static Verdict judge(List<Cancelled> cancels, Duration budget, Duration hard) {
        var findings = new Findings(RULE);
        List<Cancelled> over =
                cancels.stream().filter(c -> overBefore(c, budget)).toList();
        boolean cutShort = cutShort(over);
        List<Cancelled> counted =
                cancels.stream().filter(c -> cutShort || !over.contains(c)).toList();
        counted.forEach(c -> one(c, hard, findings));
        if (counted.isEmpty()) {
            return findings.orInconclusive("every generation was over before its cancel could take effect");
        }
        long best = counted.stream().mapToLong(Cancelled::nanos).min().orElseThrow();
        if (findings.none() && best > budget.toNanos()) {
            findings.add(
                    "error CANCELLED within %d ms of the cancel".formatted(budget.toMillis()),
                    "the quickest of %d came after %s".formatted(counted.size(), Shown.millis(best)));
        }
        return findings.orHeld(
                "%d running jobs cancelled, the quickest ended after %s".formatted(counted.size(), Shown.millis(best)));
    }

    /** Whether the job ended properly about when it was cancelled. */
    private static boolean overBefore(Cancelled cancelled, Duration budget) {
        return cancelled.generation().ended() && cancelled.nanos() < budget.toNanos();
    }

    private static boolean cutShort(List<Cancelled> over) {
        boolean wrongReason = over.stream()
                .map(Cancelled::generation)
                .filter(g -> g.tokenCount() < g.maxTokens().orElse(0))
                .anyMatch(g -> !g.endedByModel());
        long places = over.stream()
                .filter(c -> c.nanos() > 0)
                .mapToInt(c -> c.generation().tokenCount())
                .distinct()
                .count();
        return wrongReason || places > 1;
    }

    private static void one(Cancelled cancelled, Duration hard, Findings findings) {
        if (cancelled.cancel().status() != 202) {
            findings.add("202 to POST /cancel", Shown.answer(cancelled.cancel()));
        }
        Optional<SseEvent> terminal = cancelled.generation().terminal();
        if (terminal.isEmpty()) {
            findings.add(
                    "a last event error with code CANCELLED",
                    "none came: " + Shown.end(cancelled.generation().exchange().end()));
            return;
        }
        SseEvent event = terminal.get();
        boolean code = Fields.of(event.data())
                .flatMap(f -> f.string("code"))
                .filter("CANCELLED"::equals)
                .isPresent();
        if (!event.type().equals("error") || !code) {
            findings.at(
                    event,
                    "error with code CANCELLED",
                    "%s came, %s after the cancel: %s"
                            .formatted(event.type(), Shown.millis(cancelled.nanos()), Shown.brief(event.data())));
        } else if (cancelled.nanos() > hard.toNanos()) {
            findings.at(
                    event,
                    "the end within %d ms of the cancel".formatted(hard.toMillis()),
                    "it came after " + Shown.millis(cancelled.nanos()));
        }
    }
}
