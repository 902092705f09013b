package dev.touchstone.reports;

import java.util.Comparator;
import java.util.List;

/** Workers that are odd and keep the standards: those that were blamed come first. */
final class InnocentTable {
    private static final List<String> WORST_FIRST = List.of("false_alarm", "void", "quiet");
    private final Teeth teeth;

    InnocentTable(Teeth teeth) {
        this.teeth = teeth;
    }

    String html() {
        if (teeth.innocents().isEmpty()) {
            return "<p class=\"none\">No odd but legal worker was tried.</p>\n";
        }
        StringBuilder html = new StringBuilder("""
                <table class="rows">
                <thead><tr><th>Odd but legal worker</th><th>Allowed by, and judged by</th><th>Run</th></tr></thead>
                <tbody>
                """);
        teeth.innocents().stream()
                .sorted(Comparator.comparingInt(i -> WORST_FIRST.indexOf(i.outcome())))
                .forEach(i -> row(html, i));
        return html.append("</tbody></table>\n").toString();
    }

    private static void row(StringBuilder html, Teeth.Innocent innocent) {
        html.append("<tr id=\"%s\" data-layer=\"%s\" data-outcome=\"%s\">"
                .formatted(
                        Html.anchor("innocent", innocent.id()),
                        Html.text(innocent.layer()),
                        Html.text(innocent.outcome())));
        html.append("<td><p class=\"id\"><i class=\"tag %s\">%s</i> <code>%s</code></p><p>%s</p>"
                .formatted(
                        innocent.outcome(),
                        spoken(innocent.outcome()),
                        Html.text(innocent.id()),
                        Html.prose(innocent.what())));
        html.append("<p class=\"tags\"><span>%s</span>%s</p></td>"
                .formatted(
                        Html.text(innocent.layer()),
                        innocent.dialect().equals("openai") ? "<span>OpenAI dialect</span>" : ""));
        html.append("<td>").append(words(innocent)).append("</td>");
        html.append("<td class=\"run\"><p>%s</p><p>%s</p><p>%s</p></td></tr>\n"
                .formatted(
                        rounds(innocent),
                        innocent.layer().equals("worker")
                                ? "by its options"
                                : innocent.fired() == 0
                                        ? "<b class=\"bad\">did not fire</b>"
                                        : "fired " + (innocent.fired() == 1 ? "once" : innocent.fired() + " times"),
                        TeethSummary.duration(innocent.durationMs())));
    }

    private static String spoken(String outcome) {
        return switch (outcome) {
            case "false_alarm" -> "blamed";
            case "quiet" -> "not blamed";
            default -> outcome;
        };
    }

    private static String rounds(Teeth.Innocent innocent) {
        return innocent.rounds() == 1 ? "1 round" : innocent.rounds() + " rounds";
    }

    private static String words(Teeth.Innocent innocent) {
        StringBuilder html = new StringBuilder();
        if (!innocent.reason().isEmpty()) {
            html.append("<p class=\"reason\">")
                    .append(Html.text(innocent.reason()))
                    .append("</p>");
        }
        html.append("<p>").append(Html.linked(innocent.source())).append("</p>");
        html.append("<p class=\"judged\">%d %s judged%s</p>"
                .formatted(
                        innocent.requirementsJudged(),
                        innocent.requirementsJudged() == 1 ? "requirement" : "requirements",
                        innocent.selection().isEmpty() ? "" : " of " + Html.text(innocent.selection())));
        for (Teeth.Alarm alarm : innocent.alarms()) {
            html.append("<p class=\"judged\"><b class=\"bad\">%s</b> blamed in round %s</p>"
                    .formatted(Html.text(alarm.id()), Html.text(alarm.round())));
            html.append("<dl><dt>expected</dt><dd>%s</dd><dt>actual</dt><dd>%s</dd>"
                    .formatted(Html.words(alarm.expected(), ""), Html.words(alarm.actual(), "")));
            html.append("<dt>seen in</dt><dd class=\"seen\"><span title=\"%s\">%s</span></dd></dl>"
                    .formatted(Html.text(alarm.name()), Html.text(alarm.scenario())));
        }
        return html.toString();
    }
}
