package dev.touchstone.features.run;

import dev.touchstone.harness.contract.Requirement;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells a person at a terminal, as it happens, how the run goes. */
final class Account {

    private static final int MOST_FINDINGS = 3;
    private static final int MOST_IDS = 12;

    private final PrintWriter out;
    private final Ink ink;
    private final boolean verbose;
    private final Diagnoses diagnoses = Diagnoses.read();
    private final Set<String> told = new HashSet<>();
    private String feature = "";

    Account(PrintWriter out, Ink ink, boolean verbose) {
        this.out = out;
        this.ink = ink;
        this.verbose = verbose;
    }

    void begin(TargetFacts facts, String profile, Plan plan) {
        out.println("Touchstone, profile " + profile + ": " + facts.url() + ", "
                + facts.target().dialect().name().toLowerCase(Locale.ROOT) + " dialect, model " + facts.model()
                + "; planned "
                + plan.planned().size() + " requirements in " + plan.scenarios().size() + " scenarios");
        out.flush();
    }

    /** A line for the scenario; at once the whole story where it did not hold. */
    void scenario(ScenarioResult result, Map<String, Requirement> requirements) {
        if (!result.feature().equals(feature)) {
            feature = result.feature();
            out.println();
            out.println(ink.strong(feature));
        }
        Kind kind = result.verdict();
        out.println("  " + ink.paint(kind, kind.sign() + " " + pad(kind.word(), 12))
                + " " + pad(String.join(" ", result.requirements()), 12)
                + " " + result.name() + "  " + String.format(Locale.ROOT, "%.0f ms", result.durationMillis()));
        if (kind != Kind.HELD) {
            why(result, requirements);
        }
        if (verbose) {
            result.verdicts().stream()
                    .filter(v -> Kind.of(v) == Kind.HELD)
                    .forEach(v -> out.println("      " + v.rule() + " held: " + v.summary()));
        }
        out.flush();
    }

    private void why(ScenarioResult result, Map<String, Requirement> requirements) {
        List<Verdict.Broken> broken = result.verdicts().stream()
                .filter(Verdict.Broken.class::isInstance)
                .map(Verdict.Broken.class::cast)
                .toList();
        broken.forEach(verdict -> {
            Optional<String> lookAt = diagnoses.of(verdict.rule());
            Optional<Requirement> requirement = Optional.ofNullable(requirements.get(verdict.rule()));
            // The promise and the diagnosis are the same each time; once is enough to read.
            boolean known = !told.add(verdict.rule());
            field(
                    "rule",
                    verdict.rule()
                            + requirement
                                    .filter(r -> !known)
                                    .map(r -> "  " + r.text())
                                    .orElse(known ? "  as above" : ""));
            verdict.findings().stream().limit(MOST_FINDINGS).forEach(this::finding);
            int more = verdict.findings().size() - MOST_FINDINGS;
            if (more > 0) {
                field("", "and " + more + " more in the report");
            }
            lookAt.filter(text -> !known).ifPresent(text -> field("look at", text));
        });
        if (broken.isEmpty()) {
            result.message().ifPresent(message -> field("because", message));
        } else {
            result.curl().ifPresent(curl -> field("repeat", curl));
        }
    }

    private void finding(Finding finding) {
        field("expected", finding.expected());
        field("actual", finding.actual());
        String at = (finding.byteOffset().isPresent()
                        ? "byte " + finding.byteOffset().getAsLong()
                        : "")
                + (finding.byteOffset().isPresent() && finding.atMillis().isPresent() ? ", " : "")
                + (finding.atMillis().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                "%.1f ms after the request",
                                finding.atMillis().getAsDouble())
                        : "");
        if (!at.isEmpty()) {
            field("at", at);
        }
    }

    private void field(String name, String text) {
        out.println("      " + pad(name, 9) + text);
    }

    /** The last lines: totals, what was left out, figures, and where the report is. */
    void end(Summary summary, String lastLine) {
        out.println();
        out.println(ink.strong(summary.totals().line()) + "  (requirements; "
                + summary.results().size() + " scenarios run)");
        summary.plan()
                .left()
                .forEach((reason, ids) ->
                        out.println("not judged: " + shortened(ids) + more(ids) + " (" + reason + ")"));
        summary.plan()
                .unsupported()
                .forEach((reason, ids) ->
                        out.println("unsupported: " + shortened(ids) + more(ids) + " (" + reason + ")"));
        out.println("exit status " + summary.exitStatus() + ": " + summary.reason());
        figures(summary.results().stream().flatMap(r -> r.figures().stream()).toList());
        out.println(lastLine);
        out.flush();
    }

    private void figures(List<Figure> figures) {
        if (figures.isEmpty()) {
            return;
        }
        out.println();
        int width = figures.stream().mapToInt(f -> f.name().length()).max().orElse(0);
        for (Figure figure : figures) {
            String budget = figure.budget().isEmpty()
                    ? ""
                    : String.format(
                            Locale.ROOT, "   budget %.1f", figure.budget().getAsDouble());
            out.println("  " + pad(figure.name(), width)
                    + String.format(Locale.ROOT, " %10.1f ", figure.value())
                    + figure.unit()
                    + budget);
        }
        out.println();
    }

    private static String shortened(List<String> ids) {
        return ids.stream().limit(MOST_IDS).collect(Collectors.joining(", "));
    }

    private static String more(List<String> ids) {
        return ids.size() > MOST_IDS ? " and " + (ids.size() - MOST_IDS) + " more" : "";
    }

    private static String pad(String text, int width) {
        return text.length() >= width ? text : text + " ".repeat(width - text.length());
    }
}
