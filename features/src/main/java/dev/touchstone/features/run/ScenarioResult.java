package dev.touchstone.features.run;

import dev.touchstone.features.steps.Kept;
import dev.touchstone.harness.json.JsonDocument;
import dev.touchstone.harness.transcript.Curl;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One scenario as it ran.
 *
 * @param requirements ids that it judges, sorted
 * @param message first line for people when it is not held
 * @param kitErrors what kept it from judging, a sentence each
 * @param round which time in a row it was run, from 1
 * @param evidence the text of {@code kept.json}, once the result is packed
 */
record ScenarioResult(
        String id,
        String name,
        String feature,
        String featureText,
        List<String> requirements,
        Kind verdict,
        Instant startedAt,
        double durationMillis,
        List<StepResult> steps,
        Optional<String> message,
        List<Figure> figures,
        Kept kept,
        List<String> kitErrors,
        int round,
        Optional<PackedText> evidence) {

    ScenarioResult {
        kitErrors = List.copyOf(kitErrors);
    }

    /**
     * The same result with all that was seen as the packed text of its file, and less of long bodies beside it.
     *
     * @param most bytes of memory for a body
     */
    ScenarioResult packed(long most) {
        return new ScenarioResult(
                id,
                name,
                feature,
                featureText,
                requirements,
                verdict,
                startedAt,
                durationMillis,
                steps,
                message,
                figures,
                kept.mapping(e -> e.shortened(most)),
                kitErrors,
                round,
                Optional.of(new PackedText(JsonDocument.text(RecordedScenario.write(this), false))));
    }

    List<Exchange> exchanges() {
        return kept.exchanges();
    }

    /** The command that repeats its last exchange. */
    Optional<String> curl() {
        return exchanges().isEmpty()
                ? Optional.empty()
                : Optional.of(Curl.of(exchanges().getLast().request()));
    }

    List<Verdict> verdicts() {
        return steps.stream().flatMap(s -> s.verdicts().stream()).toList();
    }

    /** What it says of one of its requirements: the worst verdict of that rule, else that of the whole scenario. */
    Kind verdictOf(String requirement) {
        List<Kind> own = verdicts().stream()
                .filter(v -> v.rule().equals(requirement))
                .map(Kind::of)
                .toList();
        return own.isEmpty() || verdict == Kind.KIT_ERROR ? verdict : Kind.worst(own);
    }
}
