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
     * @param budget that at least one of the cancels must keep; a busy kit only ever adds to the time
     * @param hard that every cancel must keep
     */
    public static Verdict judge(List<Cancelled> cancels, Duration budget, Duration hard) {
        var findings = new Findings(RULE);
        List<Cancelled> counted =
                cancels.stream().filter(c -> !overBefore(c, budget)).toList();
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

    /** A job that ended by itself about when it was cancelled proves nothing. */
    private static boolean overBefore(Cancelled cancelled, Duration budget) {
        return cancelled.generation().ended()
                && cancelled.nanos() < budget.toNanos()
                && cancelled.generation().tokenCount()
                        < cancelled.generation().maxTokens().orElse(0);
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
