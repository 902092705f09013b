package dev.touchstone.reports;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The whole ledger at a glance: a row a requirement, a group of cells a phrase, a cell a fault. */
final class TeethMatrix {
    private final Teeth teeth;
    private final TeethSummary summary;
    private final Map<String, Teeth.Fault> faults;

    TeethMatrix(Teeth teeth, TeethSummary summary) {
        this.teeth = teeth;
        this.summary = summary;
        this.faults = teeth.faultsById();
    }

    String html() {
        if (teeth.ledger().isEmpty()) {
            return "<p class=\"none\">The file holds no ledger of requirements.</p>\n";
        }
        Map<String, StringBuilder> areas = new LinkedHashMap<>();
        Map<String, String> titles = new LinkedHashMap<>();
        for (Teeth.Promise promise : teeth.ledger()) {
            areas.computeIfAbsent(promise.area(), area -> new StringBuilder()).append(row(promise));
            titles.putIfAbsent(promise.area(), promise.areaTitle());
        }
        StringBuilder html = new StringBuilder(legend()).append("<div class=\"matrix\">\n");
        areas.forEach((area, rows) -> html.append("<section class=\"area\"><h3>")
                .append(Html.text(area))
                .append(" <span>")
                .append(Html.text(titles.getOrDefault(area, "")))
                .append("</span></h3>\n")
                .append(rows)
                .append("</section>\n"));
        return html.append("</div>\n").toString();
    }

    private static String legend() {
        return """
                <p class="legend">One cell is one fault, one frame one way to break the promise:
                <span><i class="cell killed"></i> named</span>
                <span><i class="cell survived">×</i> survived</span>
                <span><i class="cell void">?</i> void</span>
                <span><i class="cell absent">!</i> no fault shows it</span>
                <span><i class="cell unseen">–</i> cannot be seen from outside</span>
                <span><i class="cell idle"></i> not run</span></p>
                """;
    }

    private String row(Teeth.Promise promise) {
        StringBuilder cells = new StringBuilder();
        Set<String> shown = new HashSet<>();
        for (Teeth.Phrase phrase : promise.phrases()) {
            cells.append(frame(phrase));
            shown.addAll(phrase.faults());
        }
        List<String> further = teeth.faults().stream()
                .filter(f -> f.requirements().stream().anyMatch(r -> r.id().equals(promise.id())))
                .map(Teeth.Fault::id)
                .filter(id -> !shown.contains(id))
                .toList();
        if (!further.isEmpty()) {
            cells.append("<span class=\"frame further\">");
            further.forEach(id -> cells.append(cell(id, "beyond the phrases")));
            cells.append("</span>");
        }
        return "<div class=\"line\"><a class=\"name %s\" href=\"#%s\" title=\"%s\">%s</a><span class=\"frames\">%s</span></div>\n"
                .formatted(
                        promise.level().equals("MUST") ? "must" : "other",
                        Html.anchor("req", promise.id()),
                        Html.text((promise.level() + ": " + teeth.textOf(promise.id())).strip()),
                        Html.text(promise.id()),
                        cells);
    }

    private String frame(Teeth.Phrase phrase) {
        String name = phrase.phrase();
        TeethSummary.Cover cover = summary.cover(phrase);
        StringBuilder cells = new StringBuilder();
        phrase.faults().forEach(id -> cells.append(cell(id, name)));
        if (phrase.faults().isEmpty()) {
            cells.append(
                    cover == TeethSummary.Cover.UNSEEN
                            ? blank("unseen", "–", name + ": cannot be seen from outside: " + phrase.unseen())
                            : blank("absent", "!", name + ": no fault shows it"));
        }
        String tone = cover == TeethSummary.Cover.NOT_NAMED || cover == TeethSummary.Cover.NO_FAULT ? " gap" : "";
        return "<span class=\"frame%s\">%s</span>".formatted(tone, cells);
    }

    private String cell(String id, String phrase) {
        Optional<Teeth.Fault> fault = Optional.ofNullable(faults.get(id));
        if (fault.isEmpty()) {
            return blank("idle", "", phrase + ": " + id + " was not run");
        }
        String outcome = fault.get().outcome();
        String tip = phrase + ": " + id + " (" + (outcome.equals("killed") ? "named" : outcome) + ")";
        return "<a class=\"cell %s\" href=\"#%s\" title=\"%s\" aria-label=\"%s\">%s</a>"
                .formatted(outcome, Html.anchor("fault", id), Html.text(tip), Html.text(tip), sign(outcome));
    }

    private static String blank(String kind, String sign, String tip) {
        return "<i class=\"cell %s\" title=\"%s\">%s</i>".formatted(kind, Html.text(tip), sign);
    }

    private static String sign(String outcome) {
        return switch (outcome) {
            case "survived" -> "×";
            case "void" -> "?";
            default -> "";
        };
    }
}
