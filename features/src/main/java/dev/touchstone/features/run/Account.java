package dev.touchstone.features.run;

import dev.touchstone.harness.contract.Requirement;
import dev.touchstone.harness.target.BudgetScale;
import dev.touchstone.harness.verdict.Figure;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells a person at a terminal, as it happens, how the run goes: a line for each feature file, at once the whole story
 * of what is broken, and at the end why anything else was not held. Its methods are called one at a time.
 */
final class Account {

    private static final int MOST_PASTED = 8;

    private final PrintWriter out;
    private final Ink ink;
    private final boolean verbose;
    private final Story story = new Story();
    private final Map<String, FeatureTally> features = new TreeMap<>();
    private String feature = "";
    private int rounds = 1;

    /** @param verbose a line for each scenario, and what each held check looked at */
    Account(PrintWriter out, Ink ink, boolean verbose) {
        this.out = out;
        this.ink = ink;
        this.verbose = verbose;
    }

    void judgingAgain(Path from, Circumstances run) {
        out.println("Judging again what a run of " + run.startedAt() + " saw, from " + from + "; nothing is sent.");
    }

    void begin(TargetFacts facts, Plan plan, Manner manner) {
        rounds = manner.rounds();
        out.println("Touchstone, profile " + Contract.PROFILE + ": " + facts.url() + ", "
                + facts.target().dialect().name().toLowerCase(Locale.ROOT) + " dialect, model " + facts.model()
                + "; planned " + plan.planned().size() + " requirements in "
                + plan.scenarios().size() + " scenarios" + (rounds > 1 ? ", " + rounds + " times in a row" : "")
                + (manner.smoke() ? " (smoke run)" : ""));
        out.println();
        plan.scenarios().stream()
                .map(s -> FeatureTally.file(s.id()))
                .distinct()
                .forEach(file -> features.put(
                        file,
                        new FeatureTally(rounds
                                * (int) plan.scenarios().stream()
                                        .filter(s -> FeatureTally.file(s.id()).equals(file))
                                        .count())));
        out.flush();
    }

    /** Takes a scenario that has ended; the whole story at once where a promise is broken. */
    void scenario(ScenarioResult result, Map<String, Requirement> requirements) {
        Kind kind = result.verdict();
        boolean alarming = kind == Kind.BROKEN || kind == Kind.KIT_ERROR;
        if (verbose) {
            heading(result);
        }
        if (verbose || alarming) {
            out.println("  " + ink.paint(kind, kind.sign() + " " + Columns.pad(kind.word(), 12))
                    + " " + Columns.pad(String.join(" ", result.requirements()), 12)
                    + " " + result.name() + "  " + String.format(Locale.ROOT, "%.0f ms", result.durationMillis())
                    + "  " + result.id()
                    + (rounds > 1 ? "  round " + result.round() : ""));
            if (kind != Kind.HELD) {
                story.lines(result, requirements).forEach(out::println);
            }
        }
        if (verbose) {
            result.verdicts().stream()
                    .filter(v -> Kind.of(v) == Kind.HELD)
                    .forEach(v -> out.println("      " + v.rule() + " held: " + v.summary()));
        }
        tally(result);
        out.flush();
    }

    private void heading(ScenarioResult result) {
        if (!result.feature().equals(feature)) {
            feature = result.feature();
            out.println();
            out.println(ink.strong(feature));
        }
    }

    private void tally(ScenarioResult result) {
        FeatureTally tally = features.computeIfAbsent(FeatureTally.file(result.id()), _ -> new FeatureTally(rounds));
        tally.add(result);
        if (tally.isWhole()) {
            features.remove(FeatureTally.file(result.id()));
            if (!verbose) {
                out.println(tally.line(ink));
            }
        }
    }

    /** The last lines: totals, what was not held and why, figures, and where the report is. */
    void end(Summary summary, Circumstances run, String lastLine) {
        if (!verbose) {
            features.values().stream().filter(FeatureTally::hasBegun).forEach(tally -> out.println(tally.line(ink)));
        }
        out.println();
        out.println(ink.strong(summary.totals().line()) + "  (requirements; "
                + summary.results().size() + " scenarios run)");
        if (summary.manner().smoke()) {
            out.println("This was a smoke run: each requirement was judged by a part of its scenarios at most;"
                    + " without --smoke all are judged.");
        }
        Reasons.lines(summary.results(), ink).forEach(out::println);
        summary.plan()
                .unsupported()
                .forEach((reason, ids) -> out.println(
                        ink.paint(Kind.UNSUPPORTED, "– unsupported") + ": " + Columns.ids(ids) + " (" + reason + ")"));
        summary.plan()
                .left()
                .forEach((reason, ids) -> out.println("not judged: " + Columns.ids(ids) + " (" + reason + ")"));
        expectations(summary);
        figures(summary.results().stream().flatMap(r -> r.figures().stream()).toList());
        if (verbose) {
            budgets(run);
        }
        out.println(ink.strong("exit status " + summary.exitStatus() + ": " + summary.reason()));
        out.println(lastLine);
        out.flush();
    }

    /** A verdict that is another when judged again. */
    void difference(String sentence) {
        out.println(ink.paint(Kind.BROKEN, "judged otherwise: ") + sentence);
        out.flush();
    }

    private void expectations(Summary summary) {
        summary.outcomes()
                .forEach(outcome -> outcome.excuse().ifPresent(entry -> {
                    String id = outcome.requirement().id();
                    out.println((entry.flaky()
                                    ? "flaky, as expected: " + id + measured(outcome, summary)
                                            + String.format(
                                                    Locale.ROOT,
                                                    ", known to break in %.1f%% of %d runs",
                                                    entry.rate().orElse(0.0) * 100,
                                                    entry.runs().orElse(0))
                                    : "expected to be broken: " + id)
                            + " (" + entry.reason() + (entry.link().isEmpty() ? "" : ", " + entry.link())
                            + entry.until().map(day -> ", until " + day).orElse("") + ")");
                }));
        summary.flaky().stream()
                .filter(outcome -> outcome.excuse().isEmpty())
                .forEach(
                        outcome -> out.println("flaky: " + outcome.requirement().id() + measured(outcome, summary)));
        summary.faults().forEach(fault -> out.println(ink.paint(Kind.BROKEN, "expectation: ") + fault));
        paste(summary.paste());
    }

    private static String measured(RequirementOutcome outcome, Summary summary) {
        return " broke in " + outcome.brokenRounds() + " of " + summary.manner().rounds()
                + (summary.manner().rounds() == 1 ? " run" : " rounds");
    }

    private void paste(List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        out.println();
        out.println("To go on with what is broken for a while, put into " + Expectations.DEFAULT + ":");
        lines.stream().limit(MOST_PASTED + 1).forEach(out::println);
        if (lines.size() > MOST_PASTED + 1) {
            out.println(
                    "  # and " + (lines.size() - MOST_PASTED - 1) + " more in conformance.json, expectations.paste");
        }
        out.println();
    }

    private void budgets(Circumstances run) {
        out.println(String.format(
                Locale.ROOT,
                "budgets, where no --budget gave them, widened by %.1f ms (4 round trips of %.2f ms and %.1f ms of jitter):",
                millis(BudgetScale.allowance(run.timing())),
                millis(run.timing().roundTrip()),
                millis(run.timing().jitter())));
        run.facts()
                .target()
                .budgets()
                .all()
                .forEach((name, value) -> out.println("  " + Columns.pad(name, 16)
                        + (value instanceof Duration limit
                                ? String.format(Locale.ROOT, "%.1f ms", millis(limit))
                                : value)));
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
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
            out.println("  " + Columns.pad(figure.name(), width)
                    + String.format(Locale.ROOT, " %10.1f ", figure.value())
                    + figure.unit()
                    + budget);
        }
        out.println();
    }
}
