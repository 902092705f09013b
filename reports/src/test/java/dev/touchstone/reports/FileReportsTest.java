package dev.touchstone.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class FileReportsTest {
    @TempDir
    Path directory;

    @Test
    void writesOneOfflineHtmlFileThatHoldsEveryScenario() throws IOException {
        Path html = render("mixed.json");

        String page = Files.readString(html);
        assertThat(html.getFileName()).hasToString("report.html");
        assertThat(page).doesNotContainPattern("(src|href)=\"https?://").doesNotContain("googletagmanager");
        assertThat(Files.size(html)).isLessThan(10_000_000);
        String data = decoded(page);
        assertThat(data)
                .contains("Token numbers rise by one", "The GPU holds the weights", "The port is reachable")
                .contains("EV-04 broken: expected i = 3, but i was 4 (byte 123, 4.5 ms)")
                .contains("Areas of the contract")
                .contains("12.3 ms (budget 100 ms)", "\"name\":\"Dialect\"");
        assertThat(page).contains("d('data/behaviors.json'");
    }

    @Test
    void givesEachVerdictItsOwnAllureStatus() throws IOException {
        render("mixed.json");

        assertThat(test("EV-04").path("status").asText()).isEqualTo("failed");
        assertThat(test("OA-01").path("status").asText()).isEqualTo("skipped");
        assertThat(test("LI-03").path("status").asText()).isEqualTo("broken");
        assertThat(test("VR-01").has("status")).isFalse();
        assertThat(test("PF-01").path("status").asText()).isEqualTo("passed");
        assertThat(test("EV-04").path("statusDetails").path("trace").asText()).startsWith("Level MUST");
        assertThat(test("EV-04").at("/steps/1/steps/0/parameters/2/value").asText())
                .isEqualTo("123");
        assertThat(test("EV-04").path("historyId")).isEqualTo(test("EV-04").path("testCaseId"));
    }

    @Test
    void attachesEvidenceButNothingOutsideTheResultsDirectory() throws IOException {
        render("mixed.json");

        assertThat(test("EV-04").path("attachments").findValuesAsText("name")).containsExactly("curl", "1 execute");
    }

    @Test
    void writesJunitThatCountsLikeTheRun() throws Exception {
        render("mixed.json");

        byte[] xml = Files.readAllBytes(directory.resolve("junit.xml"));
        Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml))
                .getDocumentElement();
        assertThat(root.getAttribute("tests")).isEqualTo("5");
        assertThat(root.getElementsByTagName("failure").getLength()).isEqualTo(1);
        assertThat(root.getElementsByTagName("error").getLength()).isEqualTo(1);
        assertThat(root.getElementsByTagName("skipped").getLength()).isEqualTo(2);
        assertThat(root.getAttribute("errors")).isEqualTo("1");
    }

    @Test
    void escapesWhatXmlCannotHold() {
        assertThat(JunitXml.escape("a\u0000<\"&\ud83d")).isEqualTo("a\ufffd&lt;&quot;&amp;\ufffd");
    }

    @Test
    void summarisesWithTotalsFirstAndNoPercentage() throws IOException {
        render("mixed.json");

        String summary = Files.readString(directory.resolve("summary.md"));
        assertThat(summary.lines().findFirst())
                .contains("planned 5 / run 5 / held 0 / observed 1 / broken 1 / unsupported 1 / inconclusive 1"
                        + " / kit error 1");
        assertThat(summary)
                .contains("| EV-04 | MUST | broken | event-order/streaming.feature:12 |")
                .contains("| PF-01 | TTFT p95 | 12.3 ms | 100 ms |")
                .contains("  - expected: i = 3\n  - actual: i was 4\n  - byte offset: 123\n  - at: 4.5 ms\n")
                .contains("curl -N http://127.0.0.1:8080/execute")
                .doesNotContain("%");
    }

    @Test
    void showsWhatIsExpectedFlakyAndOnlyAPart() throws IOException {
        String json = resource("mixed.json")
                .replaceFirst(
                        "\"schema\"",
                        "\"smoke\":true,\"rounds\":4,\"expectations\":{\"faults\":[\"x.yaml: EV-02 held.\"]},\"schema\"")
                .replaceFirst(
                        "\"id\":\\s*\"EV-04\"",
                        "\"id\":\"EV-04\",\"expected\":{\"reason\":\"a known proxy\"},\"flaky\":true,\"broken_rounds\":1");
        Files.writeString(directory.resolve("conformance.json"), json);
        new FileReports().render(directory);

        assertThat(directory.resolve("summary.md"))
                .content()
                .contains("A smoke run: each requirement was judged by a part of its scenarios at most.")
                .contains("Everything ran 4 times in a row.")
                .contains("- x.yaml: EV-02 held.")
                .contains("| EV-04 | MUST | broken (expected: a known proxy; flaky, broke in 1 of 4 rounds) |");
        assertThat(directory.resolve("junit.xml"))
                .content()
                .contains("failures=\"0\" errors=\"1\" skipped=\"3\"")
                .contains("<skipped message=\"expected to be broken: EV-04 broken");
    }

    @Test
    void namesEachRoundOfAScenarioByItself() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = (ObjectNode) mapper.readTree(resource("mixed.json"));
        ArrayNode scenarios = (ArrayNode) root.path("scenarios");
        scenarios.add(((ObjectNode) scenarios.get(0).deepCopy()).put("round", 2));
        Files.writeString(directory.resolve("conformance.json"), root.toString());
        new FileReports().render(directory);

        try (Stream<Path> files = Files.list(directory.resolve("allure-results"))) {
            assertThat(files.filter(f -> f.toString().endsWith("-result.json"))).hasSize(scenarios.size());
        }
        assertThat(directory.resolve("junit.xml")).content().contains(", round 2\"");
    }

    @Test
    void writesTheWholeSummaryAsAgreed() throws IOException {
        render("mixed.json");

        assertThat(directory.resolve("summary.md")).content().isEqualTo(resource("mixed-summary.md"));
    }

    @Test
    void showsAGreenRunWithoutTrouble() throws Exception {
        String page = decoded(Files.readString(render("green.json")));

        assertThat(page)
                .contains(
                        "Conforms: every planned MUST held",
                        "\"troubles\":[]",
                        "\"kind\":\"held\",\"name\":\"held\",\"value\":2")
                .contains("\"name\":\"decode rate\",\"value\":\"348.4 tokens/s\"", "\"budget\":\"100 ms\"")
                .contains("\"name\":\"Resident on a GPU\",\"value\":\"false\"");
        assertThat(directory.resolve("summary.md")).content().doesNotContain("<details>");
        assertThat(directory.resolve("junit.xml"))
                .content()
                .contains("tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"0\"");
    }

    @Test
    void leadsFromTheOverviewToTheBrokenTest() throws IOException {
        String page = decoded(Files.readString(render("mixed.json")));

        assertThat(page)
                .containsPattern(
                        "\"id\":\"EV-04\",\"level\":\"MUST\",\"kind\":\"broken\",\"name\":\"broken\","
                                + "\"text\":\"expected i = 3, but i was 4 \\(byte 123, 4.5 ms\\)\",\"more\":0,\"page\":\"\\w+\"")
                .contains("| rule | EV-04 broken |");
    }

    @Test
    void rendersAnEmptyRunTwice() throws IOException {
        render("empty.json");
        render("empty.json");

        assertThat(directory.resolve("report.html")).exists();
        assertThat(directory.resolve("summary.md")).content().contains("Nothing was planned.");
    }

    @Test
    void refusesMissingCorruptAndForeignResultsInOneSentence() throws IOException {
        assertThatThrownBy(() -> new FileReports().render(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("There is no conformance.json");
        Files.writeString(directory.resolve("conformance.json"), "{\"schema\":");
        assertThatThrownBy(() -> new FileReports().render(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not valid JSON");
        Files.writeString(directory.resolve("conformance.json"), "{\"schema\":\"other/9\"}");
        assertThatThrownBy(() -> new FileReports().render(directory)).hasMessageContaining("other/9");
    }

    private Path render(String fixture) throws IOException {
        Files.writeString(directory.resolve("conformance.json"), resource(fixture));
        Files.createDirectories(directory.resolve("evidence"));
        Files.writeString(directory.resolve("evidence/1-execute.txt"), "0 0.0 ms event: started\n");
        return new FileReports().render(directory);
    }

    private String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private JsonNode test(String requirement) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("allure-results"))) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith("-result.json")).toList()) {
                JsonNode node = new ObjectMapper().readTree(file.toFile());
                if (node.path("name").asText().startsWith(requirement)) {
                    return node;
                }
            }
        }
        throw new AssertionError("no Allure result for " + requirement);
    }

    /** All base64 payloads of the page, decoded: its scripts and its data files. */
    private static String decoded(String page) {
        StringBuilder text = new StringBuilder();
        Matcher payload =
                Pattern.compile("(?:','|base64,\\s*)([A-Za-z0-9+/=]{8,})").matcher(page);
        while (payload.find()) {
            text.append(new String(Base64.getDecoder().decode(payload.group(1)), StandardCharsets.UTF_8));
        }
        return text.toString();
    }
}
