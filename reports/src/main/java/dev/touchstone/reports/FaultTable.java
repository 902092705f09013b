package dev.touchstone.reports;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every fault that was run, with the words by which it was named: first what went wrong, then by requirement. */
final class FaultTable {
    private final Teeth teeth;

    FaultTable(Teeth teeth) {
        this.teeth = teeth;
    }

    String html() {
        if (teeth.faults().isEmpty()) {
            return "<p class=\"none\">No broken worker was run.</p>\n";
        }
        StringBuilder html = new StringBuilder("""
                <table class="rows">
                <thead><tr><th>Broken worker</th><th>Named by these words</th><th>Run</th></tr></thead>
                """);
        group(html, "bad", "Survived", "The fault fired and no check named it.", teeth.faultsThat("survived"));
        group(html, "odd", "Void", "What was seen proves nothing, one way or the other.", teeth.faultsThat("void"));
        killedByRequirement().forEach((id, faults) -> requirement(html, id, faults));
        return html.append("</table>\n").toString();
    }

    /** In the order of the ledger; what the ledger does not know comes last. */
    private Map<String, List<Teeth.Fault>> killedByRequirement() {
        Map<String, List<Teeth.Fault>> groups = new LinkedHashMap<>();
        teeth.ledger().forEach(p -> groups.put(p.id(), new ArrayList<>()));
        teeth.faultsThat("killed")
                .forEach(f -> groups.computeIfAbsent(f.home(), id -> new ArrayList<>())
                        .add(f));
        return groups;
    }

    private void requirement(StringBuilder html, String id, List<Teeth.Fault> faults) {
        long elsewhere = teeth.faults().stream()
                .filter(f -> !f.isKilled() && f.home().equals(id))
                .count();
        if (faults.isEmpty() && elsewhere == 0 && !teeth.run().tier().equals("all")) {
            return; // a part of the catalogue leaves out most requirements
        }
        String level = teeth.ledger().stream()
                .filter(p -> p.id().equals(id))
                .map(Teeth.Promise::level)
                .findFirst()
                .orElse("");
        String note = faults.isEmpty() && elsewhere == 0 ? " <small>No fault was run.</small>" : "";
        String above = elsewhere == 0 ? "" : " <small class=\"bad\">%d above.</small>".formatted(elsewhere);
        html.append("<tbody id=\"%s\"><tr class=\"head\"><th colspan=\"3\"><b>%s</b> <em>%s</em> %s%s%s</th></tr>\n"
                .formatted(
                        Html.anchor("req", id),
                        Html.text(id.isEmpty() ? "No requirement" : id),
                        Html.text(level),
                        Html.text(teeth.textOf(id)),
                        note,
                        above));
        faults.forEach(f -> row(html, f));
        html.append("</tbody>\n");
    }

    private static void group(StringBuilder html, String tone, String title, String meaning, List<Teeth.Fault> faults) {
        if (faults.isEmpty()) {
            return;
        }
        html.append("<tbody class=\"%s\"><tr class=\"head\"><th colspan=\"3\"><b>%s</b> %s</th></tr>\n"
                .formatted(tone, title, meaning));
        faults.forEach(f -> row(html, f));
        html.append("</tbody>\n");
    }

    private static void row(StringBuilder html, Teeth.Fault fault) {
        html.append("<tr id=\"%s\" data-layer=\"%s\" data-outcome=\"%s\">"
                .formatted(Html.anchor("fault", fault.id()), Html.text(fault.layer()), Html.text(fault.outcome())));
        html.append("<td>").append(what(fault)).append("</td>");
        html.append("<td>").append(words(fault)).append("</td>");
        html.append("<td class=\"run\">").append(run(fault)).append("</td></tr>\n");
    }

    private static String what(Teeth.Fault fault) {
        StringBuilder html = new StringBuilder();
        html.append("<p class=\"id\"><i class=\"tag %s\">%s</i> <code>%s</code></p>"
                .formatted(fault.outcome(), fault.isKilled() ? "named" : fault.outcome(), Html.text(fault.id())));
        html.append("<p>").append(Html.prose(fault.what())).append("</p><p class=\"tags\">");
        html.append("<span>").append(Html.text(fault.layer())).append("</span>");
        if (fault.dialect().equals("openai")) {
            html.append("<span>OpenAI dialect</span>");
        }
        if (!fault.intermittent().isEmpty()) {
            html.append("<span>intermittent: ")
                    .append(Html.text(fault.intermittent()))
                    .append("</span>");
        }
        if (fault.recorded()) {
            html.append("<span class=\"recorded\">recorded evidence, not live</span>");
        }
        for (Teeth.Tooth tooth : fault.teeth()) {
            html.append("<span>%s “%s”</span>".formatted(Html.text(tooth.requirement()), Html.text(tooth.phrase())));
        }
        html.append("</p>");
        for (Teeth.BugSource bug : fault.bugs()) {
            html.append("<p class=\"bug\">Models <a href=\"#%s\">%s</a>: %s %s</p>"
                    .formatted(
                            Html.anchor("bug", bug.id()),
                            Html.text(bug.id()),
                            Html.prose(bug.bug()),
                            Html.link(bug.source())));
        }
        return html.toString();
    }

    private static String words(Teeth.Fault fault) {
        StringBuilder html = new StringBuilder();
        if (!fault.reason().isEmpty()) {
            html.append("<p class=\"reason\">")
                    .append(Html.text(fault.reason()))
                    .append("</p>");
        }
        for (Teeth.Judged judged : fault.requirements()) {
            html.append("<p class=\"judged\"><b>%s</b> %s, %s “%s”</p>"
                    .formatted(
                            Html.text(judged.id()),
                            Html.text(judged.verdict().replace('_', ' ')),
                            judged.named() ? "named by" : "<b class=\"bad\">not named</b> by",
                            Html.text(judged.fragment())));
            findings(html, judged);
        }
        return html.toString();
    }

    /** The finding that names the fault comes first; the others are one click away. */
    private static void findings(StringBuilder html, Teeth.Judged judged) {
        List<Teeth.Finding> ordered = judged.findings().stream()
                .sorted(Comparator.comparing(f -> !names(f, judged.fragment())))
                .toList();
        ordered.stream().limit(1).forEach(f -> finding(html, f, judged.fragment()));
        if (ordered.size() > 1) {
            html.append("<details><summary>%d more %s</summary>"
                    .formatted(ordered.size() - 1, ordered.size() == 2 ? "finding" : "findings"));
            ordered.stream().skip(1).forEach(f -> finding(html, f, judged.fragment()));
            html.append("</details>");
        }
    }

    private static boolean names(Teeth.Finding finding, String fragment) {
        String wanted = fragment.toLowerCase(Locale.ROOT);
        return finding.expected().toLowerCase(Locale.ROOT).contains(wanted)
                || finding.actual().toLowerCase(Locale.ROOT).contains(wanted);
    }

    private static void finding(StringBuilder html, Teeth.Finding finding, String fragment) {
        html.append("<dl><dt>expected</dt><dd>%s</dd><dt>actual</dt><dd>%s</dd>"
                .formatted(Html.words(finding.expected(), fragment), Html.words(finding.actual(), fragment)));
        html.append("<dt>seen in</dt><dd class=\"seen\"><span title=\"%s\">%s</span>"
                .formatted(Html.text(finding.name()), Html.text(finding.scenario())));
        finding.evidence().forEach(path -> html.append(" ").append(Html.file(path)));
        html.append("</dd></dl>");
    }

    private static String run(Teeth.Fault fault) {
        String twin = fault.twinClean()
                ? "<span title=\"%s\">twin clean</span>".formatted(Html.text(fault.twinWords()))
                : "<b class=\"bad\">twin not clean</b> " + Html.text(fault.twinWords());
        String fired = fault.fired() == 0
                ? "<b class=\"bad\">did not fire</b>"
                : "fired " + (fault.fired() == 1 ? "once" : fault.fired() + " times");
        return "<p>%s</p><p>%s</p><p>%s</p>".formatted(twin, fired, TeethSummary.duration(fault.durationMs()));
    }
}
