package dev.touchstone.reports;

import java.util.List;
import java.util.stream.Collectors;

/** A page for pull requests and job summaries: totals, requirements, figures, and what did not hold. */
final class SummaryMarkdown {
    private final Results results;

    SummaryMarkdown(Results results) {
        this.results = results;
    }

    String text() {
        StringBuilder page = new StringBuilder(results.totalsLine()).append("\n\n");
        page.append("Target: ").append(cell(results.targetName()));
        page.append(", profile ").append(cell(results.root().path("profile").asText("")));
        page.append(", exit status ").append(results.root().path("exit_status").asText("unknown"));
        page.append("\n");
        caveats(page);
        requirements(page);
        figures(page);
        results.scenarios().stream().filter(s -> !s.isPassed()).forEach(s -> trouble(page, s));
        return page.toString();
    }

    private void requirements(StringBuilder page) {
        if (results.requirements().isEmpty()) {
            page.append("\nNothing was planned.\n");
            return;
        }
        page.append("\n| requirement | level | verdict | scenarios |\n| --- | --- | --- | --- |\n");
        results.requirements()
                .values()
                .forEach(r -> page.append("| %s | %s | %s | %s |\n"
                        .formatted(
                                r.id(),
                                r.level(),
                                r.verdict().isEmpty() ? notPlanned(r) : verdict(r),
                                cell(scenarios(r.scenarios())))));
    }

    private String verdict(Results.Requirement requirement) {
        String note = results.note(requirement.id());
        return requirement.verdict().replace('_', ' ') + (note.isEmpty() ? "" : " (" + cell(note) + ")");
    }

    /** What a reader must know before the table: that only a part was judged, and entries that do not stand. */
    private void caveats(StringBuilder page) {
        if (results.root().path("smoke").asBoolean(false)) {
            page.append("\nA smoke run: each requirement was judged by a part of its scenarios at most.\n");
        }
        if (results.root().path("rounds").asInt(1) > 1) {
            page.append("\nEverything ran ")
                    .append(results.root().path("rounds").asInt())
                    .append(" times in a row.\n");
        }
        results.root()
                .path("expectations")
                .path("faults")
                .forEach(fault ->
                        page.append("\n- ").append(html(fault.asText(""))).append("\n"));
    }

    /** A table that lists dozens of outline rows in one cell cannot be read. */
    private static String scenarios(List<String> ids) {
        String shown = ids.stream().limit(2).collect(Collectors.joining(", "));
        return ids.size() <= 2 ? shown : shown + " and %d more".formatted(ids.size() - 2);
    }

    private static String notPlanned(Results.Requirement requirement) {
        return requirement.reason().isEmpty() ? "not planned" : "not planned: " + cell(requirement.reason());
    }

    private void figures(StringBuilder page) {
        List<Results.Scenario> measured =
                results.scenarios().stream().filter(s -> !s.figures().isEmpty()).toList();
        if (measured.isEmpty()) {
            return;
        }
        page.append("\n| requirement | figure | value | budget |\n| --- | --- | --- | --- |\n");
        for (Results.Scenario scenario : measured) {
            for (Results.Figure figure : scenario.figures()) {
                String budget = figure.budget().isEmpty() ? "none" : figure.budget() + " " + figure.unit();
                page.append("| %s | %s | %s | %s |\n"
                        .formatted(
                                String.join(", ", scenario.requirements()),
                                cell(figure.name()),
                                cell(figure.value() + " " + figure.unit()),
                                cell(budget)));
            }
        }
    }

    private static void trouble(StringBuilder page, Results.Scenario scenario) {
        page.append("\n<details><summary>").append(html(scenario.headline())).append("</summary>\n\n");
        page.append("Scenario: ").append(html(scenario.name()));
        page.append(" (`").append(scenario.id()).append("`)\n");
        for (Results.Step step : scenario.steps()) {
            for (Results.Judgement judgement : step.verdicts()) {
                judgement.findings().forEach(f -> finding(page, judgement.rule(), f));
            }
        }
        if (!scenario.curl().isEmpty()) {
            page.append("\n````sh\n").append(scenario.curl()).append("\n````\n");
        }
        page.append("\n</details>\n");
    }

    private static void finding(StringBuilder page, String rule, Results.Finding finding) {
        page.append("\n- ").append(rule).append("\n  - expected: ").append(html(finding.expected()));
        page.append("\n  - actual: ").append(html(finding.actual()));
        if (!finding.byteOffset().isEmpty()) {
            page.append("\n  - byte offset: ").append(finding.byteOffset());
        }
        if (!finding.atMs().isEmpty()) {
            page.append("\n  - at: ").append(finding.atMs()).append(" ms");
        }
        page.append("\n");
    }

    private static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replaceAll("\\R", " ");
    }

    private static String cell(String text) {
        return html(text).replace("|", "\\|");
    }
}
