package dev.touchstone.features.run;

import dev.touchstone.harness.contract.Requirement;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The whole story of a scenario that did not hold, line by line. Not thread-safe. */
final class Story {

    private static final int MOST_FINDINGS = 3;

    private final Diagnoses diagnoses = Diagnoses.read();
    private final Set<String> told = new HashSet<>();

    List<String> lines(ScenarioResult result, Map<String, Requirement> requirements) {
        List<String> lines = new ArrayList<>();
        List<Verdict.Broken> broken = result.verdicts().stream()
                .filter(Verdict.Broken.class::isInstance)
                .map(Verdict.Broken.class::cast)
                .toList();
        broken.forEach(verdict -> broken(lines, verdict, Optional.ofNullable(requirements.get(verdict.rule()))));
        if (broken.isEmpty()) {
            result.message().ifPresent(message -> field(lines, "because", message));
        } else {
            result.curl().ifPresent(curl -> field(lines, "repeat", curl));
        }
        return lines;
    }

    private void broken(List<String> lines, Verdict.Broken verdict, Optional<Requirement> requirement) {
        Optional<String> lookAt = diagnoses.of(verdict.rule());
        // The promise and the diagnosis are the same each time; once is enough to read.
        boolean known = !told.add(verdict.rule());
        field(
                lines,
                "rule",
                verdict.rule()
                        + requirement
                                .filter(r -> !known)
                                .map(r -> "  " + r.text())
                                .orElse(known ? "  as above" : ""));
        verdict.findings().stream().limit(MOST_FINDINGS).forEach(finding -> finding(lines, finding));
        int more = verdict.findings().size() - MOST_FINDINGS;
        if (more > 0) {
            field(lines, "", "and " + more + " more in the report");
        }
        lookAt.filter(text -> !known).ifPresent(text -> field(lines, "look at", text));
    }

    private static void finding(List<String> lines, Finding finding) {
        field(lines, "expected", finding.expected());
        field(lines, "actual", finding.actual());
        List<String> at = new ArrayList<>();
        finding.byteOffset().ifPresent(offset -> at.add("byte " + offset));
        finding.atMillis().ifPresent(ms -> at.add(String.format(Locale.ROOT, "%.1f ms after the request", ms)));
        if (!at.isEmpty()) {
            field(lines, "at", String.join(", ", at));
        }
    }

    private static void field(List<String> lines, String name, String text) {
        lines.add("      " + Columns.pad(name, 9) + text);
    }
}
