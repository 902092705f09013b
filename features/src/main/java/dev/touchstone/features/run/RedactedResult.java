package dev.touchstone.features.run;

import dev.touchstone.features.steps.Kept;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.Redaction;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A scenario's result as it may be shown and written down: the token stands nowhere in it. */
final class RedactedResult {

    private final Redaction redaction;
    private final Map<Exchange, Exchange> known = new IdentityHashMap<>();

    private RedactedResult(Redaction redaction) {
        this.redaction = redaction;
    }

    static ScenarioResult of(ScenarioResult result, Redaction redaction) {
        return new RedactedResult(redaction).redact(result);
    }

    private ScenarioResult redact(ScenarioResult result) {
        return new ScenarioResult(
                result.id(),
                result.name(),
                result.feature(),
                result.featureText(),
                result.requirements(),
                result.verdict(),
                result.startedAt(),
                result.durationMillis(),
                result.steps().stream().map(this::step).toList(),
                result.message().map(redaction::text),
                result.figures(),
                kept(result.kept()),
                result.kitErrors().stream().map(redaction::text).toList(),
                result.round(),
                result.evidence());
    }

    private StepResult step(StepResult step) {
        return new StepResult(
                step.keyword(),
                step.text(),
                step.argument(),
                step.status(),
                step.durationMillis(),
                step.verdicts().stream().map(this::verdict).toList());
    }

    private Kept kept(Kept kept) {
        return new Kept(
                kept.exchanges().stream().map(this::exchange).toList(),
                kept.memory().stream().map(this::memory).toList(),
                kept.said().stream()
                        .map(s -> new Kept.Said(s.action(), verdict(s.verdict())))
                        .toList());
    }

    /** The same object for the same object, so that memory still refers to the exchanges of the list. */
    private Exchange exchange(Exchange exchange) {
        return known.computeIfAbsent(exchange, redaction::exchange);
    }

    private Map<String, Object> memory(Map<String, Object> memory) {
        Map<String, Object> redacted = new LinkedHashMap<>();
        memory.forEach((name, value) -> redacted.put(name, value(value)));
        return redacted;
    }

    private Object value(Object value) {
        return switch (value) {
            case String text -> redaction.text(text);
            case Exchange exchange -> exchange(exchange);
            case List<?> list -> list.stream().map(this::value).toList();
            default -> value;
        };
    }

    private Verdict verdict(Verdict verdict) {
        String summary = redaction.text(verdict.summary());
        return switch (verdict) {
            case Verdict.Held held -> new Verdict.Held(held.rule(), summary);
            case Verdict.Unsupported unsupported -> new Verdict.Unsupported(unsupported.rule(), summary);
            case Verdict.Observed observed -> new Verdict.Observed(observed.rule(), summary, observed.figures());
            case Verdict.Inconclusive inconclusive -> new Verdict.Inconclusive(inconclusive.rule(), summary);
            case Verdict.KitError error -> new Verdict.KitError(error.rule(), summary);
            case Verdict.Broken broken ->
                new Verdict.Broken(
                        broken.rule(),
                        broken.findings().stream()
                                .map(f -> new Finding(
                                        redaction.text(f.expected()),
                                        redaction.text(f.actual()),
                                        f.byteOffset(),
                                        f.atMillis()))
                                .toList());
        };
    }
}
