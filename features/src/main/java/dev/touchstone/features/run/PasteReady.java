package dev.touchstone.features.run;

import com.fasterxml.jackson.databind.node.TextNode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Entries for {@code touchstone-expect.yaml} that a person may paste and complete by a link. Pure. */
final class PasteReady {

    private static final int DAYS = 30;
    private static final int LONGEST_REASON = 160;

    private PasteReady() {}

    /** Lines of YAML for what broke unexpectedly; empty where nothing did. */
    static List<String> lines(
            List<RequirementOutcome> outcomes, List<ScenarioResult> results, int rounds, LocalDate today) {
        List<RequirementOutcome> unexpected =
                outcomes.stream().filter(ExpectationReview::isUnexpected).toList();
        List<String> lines = new ArrayList<>();
        section(
                lines,
                "expected:",
                unexpected.stream().filter(o -> !o.isFlaky(rounds)).toList(),
                results,
                rounds,
                today);
        section(
                lines,
                "flaky:",
                unexpected.stream().filter(o -> o.isFlaky(rounds)).toList(),
                results,
                rounds,
                today);
        return lines;
    }

    private static void section(
            List<String> lines,
            String title,
            List<RequirementOutcome> outcomes,
            List<ScenarioResult> results,
            int rounds,
            LocalDate today) {
        if (!outcomes.isEmpty()) {
            lines.add(title);
            outcomes.forEach(outcome -> lines.add(entry(outcome, results, rounds, today)));
        }
    }

    private static String entry(RequirementOutcome outcome, List<ScenarioResult> results, int rounds, LocalDate today) {
        String rate = outcome.isFlaky(rounds)
                ? String.format(Locale.ROOT, "rate: %.3f, runs: %d, ", (double) outcome.brokenRounds() / rounds, rounds)
                : "";
        return "  - {id: " + outcome.requirement().id() + ", " + rate + "reason: "
                + quoted(reason(outcome.requirement().id(), results)) + ", link: \"\", until: "
                + today.plusDays(DAYS) + "}";
    }

    private static String reason(String id, List<ScenarioResult> results) {
        return results.stream()
                .flatMap(result -> result.verdicts().stream())
                .filter(v -> v.rule().equals(id) && Kind.of(v) == Kind.BROKEN)
                .findFirst()
                .map(v -> v.summary())
                .orElse("broken");
    }

    /** A JSON string is a double-quoted string of YAML 1.2 too. */
    private static String quoted(String reason) {
        String line = reason.replaceAll("\\s+", " ").strip();
        String cut = line.length() > LONGEST_REASON ? line.substring(0, LONGEST_REASON) + "…" : line;
        return TextNode.valueOf(cut.replaceAll("\\p{Cs}", "?")).toString();
    }
}
