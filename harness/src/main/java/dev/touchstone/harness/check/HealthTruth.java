package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Judges HL-05: once the engine has failed for good, health says so, and no job hangs. */
public final class HealthTruth {
    private static final String RULE = "HL-05";

    private HealthTruth() {}

    /**
     * What was seen around the failure.
     *
     * @param how the engine was made to fail
     * @param at when
     * @param health asked from then on, in order
     * @param running the job that ran at that moment
     * @param later asked after it, when health had had its time
     * @param exited whether the worker's process ended
     */
    public record Failure(
            String how, Instant at, List<Exchange> health, Generation running, Generation later, boolean exited) {}

    /** @param budget from the failure to a health that says so */
    public static Verdict judge(Failure failure, Duration budget) {
        var findings = new Findings(RULE);
        if (failure.later().ended()) {
            return new Verdict.Inconclusive(
                    RULE, failure.how() + ", but a job was served afterwards: the engine did not fail for good");
        }
        if (failure.running().ended() && over(failure.running().exchange()).isBefore(failure.at())) {
            return new Verdict.Inconclusive(RULE, "the running job was over before the engine was broken");
        }
        if (failure.health().isEmpty() && !failure.exited()) {
            return new Verdict.Inconclusive(RULE, "health was not asked after the failure");
        }
        Instant due = failure.at().plus(budget);
        List<Exchange> late = failure.health().stream()
                .filter(e -> !e.request().sentAt().isBefore(due))
                .toList();
        int firstBad = firstUnhealthy(failure.health());
        late.stream()
                .filter(HealthTruth::healthy)
                .findFirst()
                .ifPresent(e -> findings.add(
                        "health 503 within %d ms after %s".formatted(budget.toMillis(), failure.how()),
                        "it was 200 after "
                                + Shown.millis(Duration.between(
                                                failure.at(), e.request().sentAt())
                                        .toNanos())));
        boolean said = failure.exited() || failure.health().stream().anyMatch(e -> e.status() == 503);
        if (!said && !late.isEmpty() && late.stream().noneMatch(HealthTruth::healthy)) {
            findings.add(
                    "health 503 within %d ms after %s".formatted(budget.toMillis(), failure.how()),
                    Shown.answer(late.getFirst()));
        }
        failure.health().stream()
                .skip(firstBad)
                .filter(HealthTruth::healthy)
                .findFirst()
                .ifPresent(e -> findings.add("health never green again", Shown.answer(e)));
        failure.health().stream()
                .filter(e -> e.head().isPresent() && e.status() != 200)
                .findFirst()
                .ifPresent(e -> form(e, findings));
        hangs("the job that ran", failure.running(), findings);
        hangs("a job after it", failure.later(), findings);
        if (late.isEmpty() && !said) {
            return findings.orInconclusive("health was not asked for long enough after the failure");
        }
        return findings.orHeld("%s: %s, and no job hung"
                .formatted(failure.how(), failure.exited() ? "the worker exited" : "health answered 503"));
    }

    private static int firstUnhealthy(List<Exchange> health) {
        int n = 0;
        while (n < health.size() && healthy(health.get(n))) {
            n++;
        }
        return n;
    }

    private static boolean healthy(Exchange exchange) {
        return exchange.status() == 200;
    }

    /** The OpenAI dialect and foreign health routes have no form of their own; the status is what all can say. */
    private static void form(Exchange exchange, Findings findings) {
        if (exchange.status() != 503) {
            findings.add("503 from health once the engine has failed", Shown.answer(exchange));
        }
        Optional<String> status = Fields.of(exchange.bodyText()).flatMap(f -> f.string("status"));
        status.filter("healthy"::equals).ifPresent(s -> findings.add("status unhealthy with 503", "status was " + s));
    }

    private static void hangs(String what, Generation generation, Findings findings) {
        if (generation.exchange().end() instanceof BodyEnd.TimedOut timeout) {
            findings.add(what + " to end with an error", "it hung, %s".formatted(Shown.millis(timeout.nanos())));
        } else if (generation.ended() && generation.tokenCount() == 0) {
            findings.add(what + " to end with an error", "an empty text came as if all were well");
        }
    }

    private static Instant over(Exchange exchange) {
        return exchange.request().sentAt().plusNanos(exchange.end().nanos());
    }
}
