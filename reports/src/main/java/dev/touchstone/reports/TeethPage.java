package dev.touchstone.reports;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * One HTML file that needs nothing else. It reads well without JavaScript; a script adds the filters. A policy in its
 * head lets no other script run, should words of a worker ever get past the escaping.
 */
final class TeethPage {
    private final Teeth teeth;
    private final TeethSummary summary;

    TeethPage(Teeth teeth) {
        this.teeth = teeth;
        this.summary = new TeethSummary(teeth);
    }

    String html() throws IOException {
        String script = resource("teeth.js");
        return String.join(
                "",
                head(resource("teeth.css"), script),
                header(),
                troubles(),
                section("matrix", "Every promise at a glance", new TeethMatrix(teeth, summary).html()),
                filters(),
                section("faults", "Broken workers", new FaultTable(teeth).html()),
                section("innocents", "Odd but legal workers", new InnocentTable(teeth).html()),
                section("bugs", "Bugs of real servers", new FieldBugTable(teeth, summary).html()),
                section("unseen", "What cannot be seen from outside", new FieldBugTable(teeth, summary).unseen()),
                "</main>\n<script>",
                script,
                "</script>\n</body>\n</html>\n");
    }

    private String head(String style, String script) {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
                script-src 'sha256-%s'; base-uri 'none'; form-action 'none'">
                <title>%s</title>
                <style>
                %s</style>
                </head>
                <body>
                <main>
                """.formatted(sha256(script), Html.text("Teeth: " + summary.headline()), style);
    }

    private String header() {
        return """
                <header class="%s">
                <p class="brand">Touchstone teeth: does the kit bite, and only whom it should?</p>
                <h1>%s</h1>
                <p class="when">%s</p>
                </header>
                %s""".formatted(
                        summary.isGood() ? "good" : "bad",
                        Html.text(summary.headline()),
                        Html.text(summary.circumstances()),
                        totals());
    }

    private String totals() {
        Teeth.Totals t = teeth.totals();
        return "<div class=\"totals\">\n"
                + tally(
                        "Broken workers",
                        t.faults(),
                        count("named", t.killed(), "good"),
                        count("survived", t.survived(), "bad"),
                        count("void", t.voids(), "odd"))
                + tally(
                        "Odd but legal",
                        t.innocents(),
                        count("not blamed", t.quiet(), "good"),
                        count("blamed", t.falseAlarms(), "bad"),
                        count("void", t.innocentsVoid(), "odd"))
                + tally(
                        "Ways to break a promise",
                        teeth.ledger().stream()
                                .mapToLong(p -> p.phrases().size())
                                .sum(),
                        count("named", summary.phrases(TeethSummary.Cover.NAMED), "good"),
                        count("not named", summary.phrases(TeethSummary.Cover.NOT_NAMED), "bad"),
                        count("no fault", summary.phrases(TeethSummary.Cover.NO_FAULT), "bad"),
                        count("cannot be seen", summary.phrases(TeethSummary.Cover.UNSEEN), "plain"),
                        count("not run", summary.phrases(TeethSummary.Cover.NOT_RUN), "plain"))
                + tally(
                        "Bugs of real servers",
                        teeth.bugs().size(),
                        count("modelled and named", summary.bugs(TeethSummary.Cover.NAMED), "good"),
                        count("not named", summary.bugs(TeethSummary.Cover.NOT_NAMED), "bad"),
                        count("no fault", summary.bugs(TeethSummary.Cover.NO_FAULT), "bad"),
                        count("cannot be seen", summary.bugs(TeethSummary.Cover.UNSEEN), "plain"),
                        count("not run", summary.bugs(TeethSummary.Cover.NOT_RUN), "plain"))
                + "</div>\n";
    }

    private static String tally(String name, long all, String... counts) {
        return "<div class=\"tally\"><h2>%s</h2><b>%d</b><ul>%s</ul></div>\n"
                .formatted(name, all, String.join("", counts));
    }

    private static String count(String name, long value, String tone) {
        if (value == 0 && tone.equals("plain")) {
            return "";
        }
        return "<li class=\"%s\"><b>%d</b> %s</li>".formatted(value == 0 ? "zero" : tone, value, name);
    }

    /** What a reader must act on, before anything else. */
    private String troubles() {
        List<String> lines = new ArrayList<>();
        summary.disagreement().ifPresent(words -> lines.add(Html.text(words)));
        teeth.faultsThat("survived").forEach(f -> lines.add(trouble("fault", f.id(), "survived", f.reason())));
        teeth.faultsThat("void").forEach(f -> lines.add(trouble("fault", f.id(), "is void", f.reason())));
        for (Teeth.Innocent innocent : teeth.innocentsThat("false_alarm")) {
            String ids = String.join(
                    ", ",
                    innocent.alarms().stream().map(Teeth.Alarm::id).distinct().toList());
            lines.add(trouble(
                    "innocent", innocent.id(), "keeps the standard and was blamed by " + ids, innocent.reason()));
        }
        teeth.innocentsThat("void").forEach(i -> lines.add(trouble("innocent", i.id(), "is void", i.reason())));
        summary.gaps()
                .forEach(gap -> lines.add("<a href=\"#%s\">%s</a> (%s) “%s”: %s"
                        .formatted(
                                Html.anchor("req", gap.id()),
                                Html.text(gap.id()),
                                Html.text(gap.level()),
                                Html.text(gap.phrase()),
                                gap.why())));
        summary.bugGaps()
                .forEach(bug -> lines.add("<a href=\"#%s\">%s</a>: no fault models it, and nothing says why: %s"
                        .formatted(Html.anchor("bug", bug.id()), Html.text(bug.id()), Html.prose(bug.bug()))));
        if (lines.isEmpty()) {
            return "";
        }
        return "<section id=\"troubles\"><h2>To be mended</h2>\n<ul>\n<li>" + String.join("</li>\n<li>", lines)
                + "</li>\n</ul></section>\n";
    }

    private static String trouble(String kind, String id, String what, String reason) {
        return "<a href=\"#%s\"><code>%s</code></a> %s%s"
                .formatted(
                        Html.anchor(kind, id),
                        Html.text(id),
                        Html.text(what),
                        reason.isEmpty() ? "" : ": " + Html.text(reason));
    }

    private static String filters() {
        return """
                <form id="filters" hidden>
                <label>Layer <select name="layer"><option value="">all</option><option>wire</option>\
                <option>worker</option><option>host</option></select></label>
                <label>Outcome <select name="outcome"><option value="">all</option>\
                <option value="killed">named</option><option value="survived">survived</option>\
                <option value="quiet">not blamed</option><option value="false_alarm">blamed</option>\
                <option value="void">void</option></select></label>
                <label class="search">Text <input type="search" name="text" placeholder="EV-02, B10, terminal …"></label>
                <output></output>
                </form>
                """;
    }

    private static String section(String id, String title, String content) {
        return "<section id=\"%s\"><h2>%s</h2>\n%s</section>\n".formatted(id, title, content);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(TeethPage.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String sha256(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }
}
