package dev.touchstone.features.run;

import dev.touchstone.features.steps.Kept;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Gathers what one scenario shows while it runs. Thread-safe, since checks may judge on other threads. */
final class ScenarioLog {

    private final List<StepResult> steps = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();
    private final List<Verdict> sinceStep = new ArrayList<>();
    private final List<String> kitErrors = new ArrayList<>();
    private final Instant startedAt;
    private final int round;
    private Kept kept = new Kept(List.of(), List.of(), List.of());

    ScenarioLog(Instant startedAt, int round) {
        this.startedAt = startedAt;
        this.round = round;
    }

    synchronized void verdict(Verdict verdict) {
        sinceStep.add(verdict);
        if (verdict instanceof Verdict.Observed observed) {
            figures.addAll(observed.figures());
        }
    }

    synchronized void figure(Figure figure) {
        figures.add(figure);
    }

    synchronized void keep(Kept whole) {
        kept = whole;
    }

    /** Takes note of what kept the scenario from judging; one sentence. */
    synchronized void kitError(String sentence) {
        kitErrors.add(sentence);
    }

    synchronized void step(String keyword, String text, Optional<String> argument, String status, double millis) {
        steps.add(new StepResult(keyword, text, argument, status, millis, sinceStep));
        sinceStep.clear();
    }

    /**
     * Ends the scenario.
     *
     * @param required ids that it must have judged if it came to its end
     * @param cameToItsEnd whether every step passed
     */
    synchronized ScenarioResult end(
            String id,
            String name,
            FeatureText feature,
            TreeSet<String> required,
            boolean cameToItsEnd,
            Instant endedAt) {
        List<Verdict> verdicts = new ArrayList<>(sinceStep);
        steps.forEach(step -> verdicts.addAll(step.verdicts()));
        if (cameToItsEnd && kitErrors.isEmpty()) {
            required.stream()
                    .filter(rule -> verdicts.stream().noneMatch(v -> v.rule().equals(rule)))
                    .forEach(rule -> kitErrors.add("The scenario ended without judging " + rule + "."));
        }
        List<Kind> kinds = new ArrayList<>(verdicts.stream().map(Kind::of).toList());
        kitErrors.forEach(_ -> kinds.add(Kind.KIT_ERROR));
        Kind worst = Kind.worst(kinds);
        return new ScenarioResult(
                id,
                name,
                feature.title(),
                feature.prose(),
                List.copyOf(required),
                worst,
                startedAt,
                Duration.between(startedAt, endedAt).toNanos() / 1e6,
                List.copyOf(steps),
                message(worst, verdicts),
                List.copyOf(figures),
                kept,
                kitErrors,
                round,
                Optional.empty());
    }

    private Optional<String> message(Kind worst, List<Verdict> verdicts) {
        if (worst == Kind.HELD) {
            return Optional.empty();
        }
        return verdicts.stream()
                .filter(v -> Kind.of(v) == worst)
                .findFirst()
                .map(v -> v.rule() + ": " + v.summary())
                .or(() -> kitErrors.stream().findFirst())
                .or(() -> Optional.of("The scenario judged nothing."));
    }
}
