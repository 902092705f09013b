package dev.touchstone.reports;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The same result for a job summary: the headline, what is to be mended, the areas, what cannot be seen. */
final class TeethMarkdown {
    private final Teeth teeth;
    private final TeethSummary summary;

    TeethMarkdown(Teeth teeth) {
        this.teeth = teeth;
        this.summary = new TeethSummary(teeth);
    }

    String text() {
        StringBuilder page =
                new StringBuilder("**").append(plain(summary.headline())).append("**\n\n");
        page.append(plain(summary.circumstances())).append("\n");
        totals(page);
        troubles(page);
        areas(page);
        unseen(page);
        return page.toString();
    }

    private void totals(StringBuilder page) {
        Teeth.Totals t = teeth.totals();
        page.append("\n| | all | named | survived | void |\n| --- | --- | --- | --- | --- |\n");
        page.append(
                "| broken workers | %d | %d | %d | %d |\n".formatted(t.faults(), t.killed(), t.survived(), t.voids()));
        page.append("\n| | all | not blamed | blamed | void |\n| --- | --- | --- | --- | --- |\n");
        page.append("| odd but legal workers | %d | %d | %d | %d |\n"
                .formatted(t.innocents(), t.quiet(), t.falseAlarms(), t.innocentsVoid()));
        page.append("\n| | all | named | not named | no fault | cannot be seen | not run |\n");
        page.append("| --- | --- | --- | --- | --- | --- | --- |\n");
        long phrases =
                teeth.ledger().stream().mapToLong(p -> p.phrases().size()).sum();
        page.append("| ways to break a promise | %d | %d | %d | %d | %d | %d |\n"
                .formatted(
                        phrases,
                        summary.phrases(TeethSummary.Cover.NAMED),
                        summary.phrases(TeethSummary.Cover.NOT_NAMED),
                        summary.phrases(TeethSummary.Cover.NO_FAULT),
                        summary.phrases(TeethSummary.Cover.UNSEEN),
                        summary.phrases(TeethSummary.Cover.NOT_RUN)));
        page.append("| bugs of real servers | %d | %d | %d | %d | %d | %d |\n"
                .formatted(
                        teeth.bugs().size(),
                        summary.bugs(TeethSummary.Cover.NAMED),
                        summary.bugs(TeethSummary.Cover.NOT_NAMED),
                        summary.bugs(TeethSummary.Cover.NO_FAULT),
                        summary.bugs(TeethSummary.Cover.UNSEEN),
                        summary.bugs(TeethSummary.Cover.NOT_RUN)));
    }

    private void troubles(StringBuilder page) {
        StringBuilder lines = new StringBuilder();
        summary.disagreement()
                .ifPresent(words -> lines.append("- ").append(plain(words)).append("\n"));
        for (String outcome : List.of("survived", "void")) {
            teeth.faultsThat(outcome)
                    .forEach(f -> lines.append("- %s: fault `%s` (%s): %s\n"
                            .formatted(outcome, code(f.id()), code(f.home()), plain(f.reason()))));
        }
        for (Teeth.Innocent innocent : teeth.innocentsThat("false_alarm")) {
            lines.append("- blamed though legal: `%s` %s\n".formatted(code(innocent.id()), plain(innocent.reason())));
            innocent.alarms()
                    .forEach(a -> lines.append("  - %s, round %s: expected %s, but %s\n"
                            .formatted(plain(a.id()), plain(a.round()), plain(a.expected()), plain(a.actual()))));
        }
        teeth.innocentsThat("void")
                .forEach(i -> lines.append("- void: innocent `%s`: %s\n".formatted(code(i.id()), plain(i.reason()))));
        summary.gaps()
                .forEach(gap -> lines.append("- %s (%s) “%s”: %s\n"
                        .formatted(plain(gap.id()), plain(gap.level()), plain(gap.phrase()), gap.why())));
        summary.bugGaps()
                .forEach(
                        bug -> lines.append("- no fault models %s: %s\n".formatted(plain(bug.id()), plain(bug.bug()))));
        if (!lines.isEmpty()) {
            page.append("\nTo be mended:\n\n").append(lines);
        }
    }

    private void areas(StringBuilder page) {
        Map<String, int[]> areas = new LinkedHashMap<>();
        teeth.ledger().forEach(p -> areas.putIfAbsent(p.area(), new int[4]));
        for (Teeth.Fault fault : teeth.faults()) {
            int[] counts = areas.computeIfAbsent(Teeth.areaOf(fault.home()), area -> new int[4]);
            counts[0]++;
            counts[1 + List.of("killed", "survived", "void").indexOf(fault.outcome())]++;
        }
        if (areas.isEmpty()) {
            return;
        }
        page.append("\n| area | broken workers | named | survived | void |\n| --- | --- | --- | --- | --- |\n");
        areas.forEach((area, n) ->
                page.append("| %s | %d | %d | %d | %d |\n".formatted(plain(area), n[0], n[1], n[2], n[3])));
    }

    private void unseen(StringBuilder page) {
        if (teeth.unseen().isEmpty()) {
            return;
        }
        page.append("\n<details><summary>What cannot be seen from outside (%d)</summary>\n\n"
                .formatted(teeth.unseen().size()));
        teeth.unseen()
                .forEach(u -> page.append("- %s%s: %s\n"
                        .formatted(
                                plain(u.id()),
                                u.phrase().isEmpty() ? "" : " “" + plain(u.phrase()) + "”",
                                plain(u.why()))));
        page.append("\n</details>\n");
    }

    /** One line that is text and nothing else, whatever a worker sent. */
    private static String plain(String raw) {
        String brief = raw.length() <= Html.LONGEST ? raw : raw.substring(0, Html.LONGEST) + "…";
        return Html.visible(brief)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replaceAll("\\s+", " ")
                .replaceAll("([\\\\`*_\\[\\]|])", "\\\\$1");
    }

    /** For between backticks: a name needs no character that could end them. */
    private static String code(String raw) {
        return Html.visible(raw).replaceAll("[`|<>\\s]+", " ");
    }
}
