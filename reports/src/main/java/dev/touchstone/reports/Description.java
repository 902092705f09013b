package dev.touchstone.reports;

import java.util.Optional;

/** What a reader of one scenario should know: the promise in the contract's words, how it was judged, the figures. */
record Description(Results results, Results.Scenario scenario) {

    String markdown() {
        StringBuilder text = new StringBuilder();
        for (String id : scenario.requirements()) {
            Optional.ofNullable(results.requirements().get(id))
                    .ifPresent(r -> text.append("**%s** (%s, profile %s): %s\n\n"
                            .formatted(r.id(), r.level(), r.profile(), plain(r.text()))));
        }
        text.append("**Verdict: ").append(scenario.verdict().replace('_', ' ')).append("**\n\n");
        scenario.steps().forEach(step -> step.verdicts().forEach(v -> judgement(text, v)));
        if (!scenario.isPassed() && !scenario.curl().isEmpty()) {
            text.append("\nAsk again:\n\n````sh\n").append(scenario.curl()).append("\n````\n");
        }
        if (!scenario.figures().isEmpty()) {
            text.append("\n| figure | value |\n| --- | --- |\n");
            scenario.figures().forEach(f -> text.append("| %s | %s |\n".formatted(plain(f.name()), plain(f.text()))));
        }
        if (!scenario.featureText().isEmpty()) {
            text.append("\n")
                    .append(plain(scenario.featureText()).replaceAll("(?<!\n)\n(?!\n)", " "))
                    .append("\n");
        }
        return text.toString();
    }

    private static void judgement(StringBuilder text, Results.Judgement judgement) {
        if (judgement.findings().isEmpty()) {
            text.append("- ").append(plain(judgement.sentence())).append("\n");
            return;
        }
        for (Results.Finding finding : judgement.findings()) {
            text.append("\n| rule | %s %s |\n| --- | --- |\n"
                    .formatted(judgement.rule(), judgement.kind().replace('_', ' ')));
            row(text, "expected", finding.expected());
            row(text, "actual", finding.actual());
            row(text, "byte offset", finding.byteOffset());
            row(text, "at, ms", finding.atMs());
        }
    }

    private static void row(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append("| %s | %s |\n".formatted(name, plain(value).replaceAll("\\R", " ")));
        }
    }

    /** What a worker sent may end up here; it must stay text. */
    private static String plain(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|");
    }
}
