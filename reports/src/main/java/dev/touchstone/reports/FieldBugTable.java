package dev.touchstone.reports;

import java.util.LinkedHashMap;
import java.util.Map;

/** The bugs that real servers had, with the faults that model them, and what cannot be seen from outside. */
final class FieldBugTable {
    private final Teeth teeth;
    private final TeethSummary summary;
    private final Map<String, Teeth.Fault> faults;

    FieldBugTable(Teeth teeth, TeethSummary summary) {
        this.teeth = teeth;
        this.summary = summary;
        this.faults = teeth.faultsById();
    }

    String html() {
        if (teeth.bugs().isEmpty()) {
            return "<p class=\"none\">The file names no bug of a real server.</p>\n";
        }
        Map<String, StringBuilder> areas = new LinkedHashMap<>();
        teeth.bugs()
                .forEach(bug -> areas.computeIfAbsent(bug.area(), area -> new StringBuilder())
                        .append(row(bug)));
        StringBuilder html = new StringBuilder("""
                <table class="rows bugs">
                <thead><tr><th>Bug of a real server</th><th>Source</th><th>Modelled by</th></tr></thead>
                """);
        areas.forEach((area, rows) -> html.append("<tbody><tr class=\"head\"><th colspan=\"3\"><b>")
                .append(Html.text(area))
                .append("</b></th></tr>\n")
                .append(rows)
                .append("</tbody>\n"));
        return html.append("</table>\n").toString();
    }

    private String row(Teeth.FieldBug bug) {
        return "<tr id=\"%s\" data-bug=\"\"><td><b>%s</b> %s</td><td>%s</td><td>%s</td></tr>\n"
                .formatted(
                        Html.anchor("bug", bug.id()),
                        Html.text(bug.id()),
                        Html.prose(bug.bug()),
                        Html.link(bug.source()),
                        models(bug));
    }

    private String models(Teeth.FieldBug bug) {
        StringBuilder html = new StringBuilder();
        for (String id : bug.faults()) {
            html.append("<p>").append(model(id)).append("</p>");
        }
        switch (summary.cover(bug)) {
            case UNSEEN ->
                html.append("<p class=\"quieter\">Not modelled: %s</p>".formatted(Html.linked(bug.unseen())));
            case NO_FAULT -> html.append("<p><b class=\"bad\">No fault models it.</b></p>");
            default -> {}
        }
        return html.toString();
    }

    private String model(String id) {
        if (!faults.containsKey(id)) {
            return "<code>%s</code> <span class=\"quieter\">not run</span>".formatted(Html.text(id));
        }
        String outcome = faults.get(id).outcome();
        return "<a href=\"#%s\"><code>%s</code></a> <i class=\"tag %s\">%s</i>"
                .formatted(
                        Html.anchor("fault", id), Html.text(id), outcome, outcome.equals("killed") ? "named" : outcome);
    }

    String unseen() {
        if (teeth.unseen().isEmpty()) {
            return "<p class=\"none\">Nothing is listed: every phrase and every bug has a fault that shows it.</p>\n";
        }
        StringBuilder html = new StringBuilder("""
                <table class="rows unseen">
                <thead><tr><th>What</th><th>Why it is not seen</th></tr></thead>
                <tbody>
                """);
        for (Teeth.Unseen entry : teeth.unseen()) {
            String phrase = entry.phrase().isEmpty() ? bugWords(entry.id()) : "“" + Html.text(entry.phrase()) + "”";
            html.append("<tr data-bug=\"\"><td><b>%s</b> %s</td><td>%s</td></tr>\n"
                    .formatted(Html.text(entry.id()), phrase, Html.linked(entry.why())));
        }
        return html.append("</tbody></table>\n").toString();
    }

    private String bugWords(String id) {
        return teeth.bugs().stream()
                .filter(b -> b.id().equals(id))
                .map(b -> Html.prose(b.bug()))
                .findFirst()
                .orElse("");
    }
}
