package dev.touchstone.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.cli.TeethRenderer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeethReportTest {
    @TempDir
    Path directory;

    @Test
    void isFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(TeethRenderer.class)).hasOnlyElementsOfType(TeethReport.class);
    }

    @Test
    void saysInPlainWordsThatAllWereNamedAndNobodyBlamed() throws IOException {
        String page = green().render(directory);

        assertThat(page)
                .contains("<header class=\"good\">")
                .contains("<h1>2 of 2 broken workers were named; 1 odd but legal worker was not blamed.</h1>")
                .contains("The whole catalogue, on an idle machine, started 2026-11-24T15:00:00Z, took 13 min 12 s,"
                        + " innocents in 5 rounds, 2 workers side by side, on Linux 6.8, 2 cores, Java 25.0.1,"
                        + " by touchstone 1.2.3.")
                .doesNotContain("To be mended");
    }

    @Test
    void saysWhatSurvivedIsVoidOrWasBlamedBeforeAnythingElse() throws IOException {
        String page = mixed().render(directory);

        assertThat(page)
                .contains("<header class=\"bad\">")
                .contains("<h1>1 of 3 broken workers was named (1 survived, 1 is void); of 3 odd but legal workers,"
                        + " 1 was blamed and 1 is void; 2 promises or bugs have no fault.</h1>")
                .contains("<a href=\"#fault-end-again\"><code>end-again</code></a> survived: No finding of EV-02")
                .contains("<code>cr-lines</code></a> keeps the standard and was blamed by EV-06")
                .contains("“no terminal”: no fault shows it")
                .contains("nothing says why: <code>finish_reason</code> comes twice");
        assertThat(page.indexOf("To be mended")).isLessThan(page.indexOf("Every promise at a glance"));
        assertThat(page.indexOf("id=\"fault-end-again\""))
                .isBetween(page.indexOf("<b>Survived</b>"), page.indexOf("<b>Void</b>"));
        assertThat(page.indexOf("id=\"fault-never-fired\""))
                .isBetween(page.indexOf("<b>Void</b>"), page.indexOf("<tbody id=\"req-EV-02\">"));
        assertThat(page).contains("<small class=\"bad\">2 above.</small>");
        assertThat(page.indexOf("id=\"innocent-cr-lines\"")).isLessThan(page.indexOf("id=\"innocent-bom\""));
    }

    @Test
    void showsTheWordsThatNameAFaultAndAllThatIsKnownOfIt() throws IOException {
        TeethFixture teeth = green();
        ObjectNode fault = (ObjectNode) teeth.list("faults").get(0);
        fault.put("layer", "host")
                .put("recorded", true)
                .put("dialect", "openai")
                .put("intermittent", "1 in 8");
        TeethFixture.models(fault, "B10", "`stop` twice", "https://github.com/some/server/issues/482");

        assertThat(teeth.render(directory))
                .contains("<b>EV-02</b> broken, named by “terminal”")
                .contains("<dd>exactly one <mark>terminal</mark> event</dd>")
                .contains("<dd>two, the second at byte 88</dd>")
                .contains("<a href=\"faults/two-terminals/evidence/order-12/1-execute.txt\">1-execute.txt</a>")
                .contains("recorded evidence, not live", "OpenAI dialect", "intermittent: 1 in 8")
                .contains("Models <a href=\"#bug-B10\">B10</a>: <code>stop</code> twice")
                .contains("<a href=\"https://github.com/some/server/issues/482\" rel=\"noopener noreferrer\">"
                        + "some/server#482</a>")
                .contains("twin clean", "fired 3 times", "<p>1.5 s</p>");
    }

    @Test
    void putsTheFindingThatNamesTheFaultFirst() throws IOException {
        TeethFixture teeth = green();
        ObjectNode fault = teeth.fault("another", "killed");
        ((ObjectNode) fault.at("/requirements/0")).putArray("findings");
        TeethFixture.finding(fault, "something", "else");
        TeethFixture.finding(fault, "something", "a second TERMINAL event");

        String page = teeth.render(directory);

        assertThat(page.indexOf("a second <mark>TERMINAL</mark> event"))
                .isBetween(page.indexOf("id=\"fault-another\""), page.indexOf("1 more finding<"));
    }

    @Test
    void drawsACellForEachFaultAndMakesAGapVisible() throws IOException {
        TeethFixture teeth = mixed();
        teeth.phrase("slow to close", false, "", "not-run-now");
        teeth.fault("beyond", "killed");

        assertThat(teeth.render(directory))
                .contains("<span class=\"frame\"><a class=\"cell killed\" href=\"#fault-two-terminals\" title=\"two"
                        + " terminals: two-terminals (named)\"")
                .contains("<a class=\"cell survived\" href=\"#fault-end-again\" title=\"token after end")
                .contains(
                        "<span class=\"frame gap\"><i class=\"cell absent\" title=\"no terminal: no fault shows it\">")
                .contains(
                        "<i class=\"cell unseen\" title=\"body left open: cannot be seen from outside: TCP hides it\">")
                .contains("<i class=\"cell idle\" title=\"slow to close: not-run-now was not run\">")
                .contains("title=\"beyond the phrases: beyond (named)\"");
    }

    @Test
    void isNotGoodWhereAPhraseIsClaimedByFaultsThatWereNamedForOthersOnly() throws IOException {
        TeethFixture teeth = green();
        teeth.phrase("claimed", false, "", "two-terminals");

        assertThat(teeth.render(directory))
                .contains("<header class=\"bad\">", "“claimed”: its faults were named for other promises only");
    }

    @Test
    void listsRequirementsWithoutAFaultOnlyWhereTheWholeCatalogueRan() throws IOException {
        TeethFixture teeth = green();
        ObjectNode other = teeth.list("ledger").addObject().put("id", "SE-01").put("level", "MUST");
        other.put("text", "Every route needs a token.")
                .put("area_title", "Security")
                .putArray("phrases");

        assertThat(teeth.render(directory))
                .contains("<tbody id=\"req-SE-01\">", "No fault was run.", "SE <span>Security</span>");
        teeth.root().put("tier", "selected");
        assertThat(teeth.render(directory))
                .contains("A selection only", "title=\"MUST: Every route needs a token.\"")
                .doesNotContain("<tbody id=\"req-SE-01\">");
    }

    @Test
    void tellsWhoModelsABugAndWhatCannotBeSeen() throws IOException {
        assertThat(mixed().render(directory))
                .contains("<a href=\"#fault-two-terminals\"><code>two-terminals</code></a>"
                        + " <i class=\"tag killed\">named</i>")
                .contains("Not modelled: only its memory shows it")
                .contains("<b class=\"bad\">No fault models it.</b>")
                .contains("<b>EV-02</b> “body left open”</td><td>TCP hides it</td>")
                .contains("<b>B11</b> <code>finish_reason</code> comes twice</td>");
    }

    @Test
    void keepsTheWordsOfAWorkerText() throws IOException {
        String evil = "</td><script>alert('1')</script> \u0000\u001b[31m \ud800 \u202egnp.exe <b onload=\"x\"> &amp;";
        TeethFixture teeth = mixed();
        for (String list : new String[] {"faults", "innocents", "unseen", "bugs"}) {
            teeth.list(list).forEach(entry -> poison((ObjectNode) entry, evil));
        }
        TeethFixture.finding((ObjectNode) teeth.list("faults").get(0), evil, "terminal " + evil);
        String page = teeth.render(directory);

        assertThat(page.split("<script>", -1)).as("the page's own script alone").hasSize(2);
        assertThat(page)
                .contains("&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; ‹U+0000›‹U+001B›[31m \ufffd"
                        + " ‹U+202E›gnp.exe &lt;b onload=&quot;x&quot;&gt; &amp;amp;")
                .doesNotContain("<b onload")
                .doesNotContainPattern("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]");
        assertThat(directory.resolve("teeth.md")).content().doesNotContain("<script>", "\u0000", "\u202e");
    }

    private static void poison(ObjectNode entry, String evil) {
        entry.fieldNames().forEachRemaining(name -> {
            if (entry.path(name).isTextual() && !name.equals("outcome")) {
                entry.put(name, entry.path(name).asText() + evil);
            }
        });
    }

    @Test
    void linksOnlyToTheWebAndToFilesBesideThePage() throws IOException {
        TeethFixture teeth = green();
        ObjectNode fault = (ObjectNode) teeth.list("faults").get(0);
        TeethFixture.models(fault, "B98", "x", "javascript:alert(1)");
        TeethFixture.models(fault, "B99", "x", "https://example.org/\"onclick=");
        TeethFixture.finding(fault, "terminal", "x")
                .putArray("evidence")
                .add("../../etc/passwd")
                .add("/etc/shadow")
                .add("javascript:alert(2)")
                .add("faults/a b/1-€.txt");
        teeth.list("innocents").addAll(mixed().list("innocents"));
        ((ObjectNode) teeth.list("innocents").get(0))
                .put("source", "RFC 8259, 4 (https://rfc-editor.org/rfc/rfc8259).");
        String page = teeth.render(directory);

        assertThat(page)
                .doesNotContain("href=\"javascript:", "href=\"../", "href=\"/", "\"onclick")
                .contains("../../etc/passwd", "<a href=\"javascript%3Aalert%282%29\">")
                .contains("<a href=\"faults/a%20b/1-%E2%82%AC.txt\">1-€.txt</a>")
                .contains("RFC 8259, 4 (<a href=\"https://rfc-editor.org/rfc/rfc8259\" rel=\"noopener noreferrer\">"
                        + "rfc-editor.org/rfc/rfc8259</a>).");
    }

    @Test
    void needsNothingElseAndLetsNoOtherScriptRun() throws Exception {
        String page = mixed().render(directory);
        String script = page.substring(page.indexOf("<script>") + 8, page.lastIndexOf("</script>"));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));

        assertThat(page)
                .contains("default-src 'none'")
                .contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(digest) + "'")
                .contains("prefers-color-scheme: dark", "<form id=\"filters\" hidden>")
                .doesNotContainPattern("(?i)<(link|img|iframe|object|embed)\\b|src=|@import|url\\(");
    }

    @Test
    void cutsLongWordsAroundWhatNamesTheFault() {
        String words = "a".repeat(999) + " terminal " + "\ud83d\ude00".repeat(500);

        assertThat(Html.words(words, "terminal"))
                .startsWith("…aaa")
                .contains(" <mark>terminal</mark> \ud83d\ude00")
                .endsWith("\ud83d\ude00…")
                .doesNotContain("\ufffd")
                .hasSizeLessThan(Html.LONGEST + 30);
    }

    @Test
    void doesNotCallNothingASuccess() throws IOException {
        assertThat(new TeethFixture().render(directory))
                .contains("<header class=\"bad\">")
                .contains("<h1>No broken worker was run; no odd but legal worker was tried.</h1>")
                .contains("The file holds no ledger", "The file names no bug", "Nothing is listed");
    }

    @Test
    void distrustsTotalsThatAreNotThoseOfTheEntries() throws IOException {
        TeethFixture teeth = green();
        ((ObjectNode) teeth.root().path("totals")).put("faults", 268).put("killed", 268);

        assertThat(teeth.render(directory))
                .contains("<header class=\"bad\">")
                .contains("The totals of teeth.json do not agree with its entries: 268 faults (268 killed,")
                .contains("but there are 2 faults (2 killed,");
    }

    @Test
    void givesTheSamePagesForTheSameFile() throws IOException {
        String first = mixed().render(directory);
        String summary = Files.readString(directory.resolve("teeth.md"));

        assertThat(mixed().render(directory)).isEqualTo(first);
        assertThat(directory.resolve("teeth.md")).content().isEqualTo(summary);
    }

    @Test
    void summarisesInMarkdownForACi() throws IOException {
        mixed().render(directory);

        assertThat(directory.resolve("teeth.md"))
                .content()
                .startsWith("**1 of 3 broken workers was named (1 survived, 1 is void);")
                .contains("| broken workers | 3 | 1 | 1 | 1 |", "| odd but legal workers | 3 | 1 | 1 | 1 |")
                .contains("| ways to break a promise | 5 | 1 | 2 | 1 | 1 | 0 |")
                .contains("- survived: fault `end-again` (EV-02): No finding of EV-02 says “terminal”.\n")
                .contains("  - EV-06, round 2: expected a blank line, but CR CR at 88\n")
                .contains("- EV-02 (MUST) “no terminal”: no fault shows it\n")
                .contains("| EV | 3 | 1 | 1 | 1 |")
                .contains("What cannot be seen from outside (2)", "- EV-02 “body left open”: TCP hides it\n");
    }

    @Test
    void refusesMissingCorruptAndForeignFilesInOneSentence() throws IOException {
        assertThatThrownBy(() -> new TeethReport().render(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("There is no teeth.json in ");
        assertRefused("{\"schema\":", "is not valid JSON");
        assertRefused("", "has schema ''");
        assertRefused("{\"schema\":\"other/9\"}", "has schema 'other/9', but only 'touchstone.teeth/1' is accepted.");
        assertRefused("{\"schema\":\"touchstone.teeth/1\",\"faults\":{}}", "has no list 'faults'");
        TeethFixture teeth = green();
        teeth.fault("dozing", "asleep");
        assertRefused(
                teeth.root().toString(),
                "'dozing' has outcome 'asleep', but only killed, survived, void are accepted.");
    }

    private void assertRefused(String json, String words) throws IOException {
        Files.writeString(directory.resolve("teeth.json"), json);
        assertThatThrownBy(() -> new TeethReport().render(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(words)
                .message()
                .doesNotContain("\n");
        assertThat(directory.resolve("teeth.html")).doesNotExist();
    }

    private static TeethFixture green() {
        TeethFixture teeth = new TeethFixture();
        teeth.fault("two-terminals", "killed");
        teeth.fault("three-terminals", "killed");
        teeth.innocent("cr-lines", "quiet");
        teeth.phrase("two terminals", true, "", "two-terminals", "three-terminals");
        teeth.bug("B10", true, "", "two-terminals");
        return teeth;
    }

    private static TeethFixture mixed() {
        TeethFixture teeth = new TeethFixture();
        teeth.fault("two-terminals", "killed");
        teeth.fault("end-again", "survived");
        teeth.fault("never-fired", "void").put("fired", 0);
        teeth.innocent("bom", "quiet");
        teeth.innocent("cr-lines", "false_alarm");
        teeth.innocent("comments", "void");
        teeth.phrase("two terminals", true, "", "two-terminals");
        teeth.phrase("token after end", false, "", "end-again");
        teeth.phrase("two started", false, "", "never-fired");
        teeth.phrase("no terminal", false, "");
        teeth.phrase("body left open", false, "TCP hides it");
        teeth.bug("B10", true, "", "two-terminals");
        teeth.bug("B11", false, "only its memory shows it");
        teeth.bug("B12", false, "");
        teeth.unseen("phrase", "EV-02", "body left open", "TCP hides it");
        teeth.unseen("bug", "B11", "", "only its memory shows it");
        return teeth;
    }
}
