package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.contract.UnknownSelection;
import dev.touchstone.harness.target.Budgets;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceRunTest {

    private static final ScenarioSource SELFTEST =
            new ScenarioSource("selftest", "dev.touchstone.features.steps,dev.touchstone.features.run.selftest");
    private static final String GOOD = "{\"status\":\"healthy\",\"model\":\"fake\",\"resident\":false}";
    private static final String BAD = "{\"status\":\"healthy\"}";

    @TempDir
    private Path out;

    private final StringWriter screen = new StringWriter();

    @Test
    void endsWithZeroWhenEveryPlannedMustHeld() throws Exception {
        assertThat(run(GOOD, Optional.empty())).isZero();
        assertThat(screen.toString())
                .contains("\n  ✓ held 3                 Health of the fake worker  ")
                .contains("planned 3, run 3, held 3, broken 0, unsupported 0, observed 0, inconclusive 0, kit errors 0")
                .contains(
                        "not judged: VR-01 (gpu: inconclusive here: the worker says that it is not resident, and no evidence from a GPU can be read)");
        assertThat(screen.toString().lines().toList().getLast())
                .startsWith("Report: ")
                .endsWith("conformance.json");
    }

    @Test
    void endsWithOneAndTellsTheWholeStoryWhenAMustIsBroken() throws Exception {
        assertThat(run(BAD, Optional.empty())).isEqualTo(1);
        assertThat(screen.toString())
                .contains("  ✗ BROKEN       HL-01")
                .contains("      rule     HL-01  GET /health answers 200")
                .contains(
                        "      expected a model\n      actual   health was {\"status\":\"healthy\"}\n      at       byte 1\n")
                .contains("      repeat   curl ")
                .contains("exit status 1: a MUST is broken: HL-01");
    }

    @Test
    void leavesOutWhatDidNotBeginBeforeTheLastResult() throws Exception {
        try (FakeWorker worker = new FakeWorker(GOOD)) {
            ConformanceRun whole = prepared(worker.url(), Optional.empty());
            assertThat(whole.summarise(Optional.empty()).results()).hasSize(3);
            ConformanceRun cut = prepared(worker.url(), Optional.empty());
            cut.until(result -> result.id().equals("health.feature:6"));
            assertThat(cut.summarise(Optional.empty()).results())
                    .extracting(ScenarioResult::id)
                    .containsExactly("health.feature:6");
        }
    }

    @Test
    void endsWithTwoWhenTheSelectionHasNoScenario() throws Exception {
        assertThat(run(GOOD, Optional.of("PF-05"))).isEqualTo(2);
        assertThat(screen.toString()).contains("exit status 2: nothing ran").contains("no scenario judges it yet");
    }

    @Test
    void endsWithTwoWhenAScenarioJudgesNothing() throws Exception {
        assertThat(run(GOOD, Optional.of("VR-01"))).isEqualTo(2);
        assertThat(screen.toString()).contains("because  The scenario ended without judging VR-01.");
    }

    @Test
    void writesResultsByTheSchema() throws Exception {
        run(BAD, Optional.empty());
        JsonNode json =
                new ObjectMapper().readTree(out.resolve("conformance.json").toFile());
        assertThat(json.path("schema").asText()).isEqualTo("touchstone.conformance/1");
        assertThat(json.path("exit_status").asInt()).isEqualTo(1);
        assertThat(json.at("/totals/planned").asInt()).isEqualTo(3);
        assertThat(json.at("/totals/broken").asInt()).isEqualTo(1);
        assertThat(json.path("requirements")).hasSizeGreaterThan(80);
        assertThat(requirement(json, "VR-01").path("planned").asBoolean()).isFalse();
        assertThat(requirement(json, "VR-01").path("reason").asText())
                .startsWith("gpu: inconclusive here: the worker says that it is not resident");
        assertThat(requirement(json, "PF-05").path("reason").asText()).isEqualTo("no scenario judges it yet");
        assertThat(requirement(json, "HL-01").has("reason")).isFalse();
        JsonNode scenario = json.at("/scenarios/0");
        assertThat(scenario.path("id").asText()).isEqualTo("health.feature:6");
        assertThat(scenario.path("feature_text").asText())
                .startsWith("The kit's own test")
                .endsWith("suite.");
        assertThat(scenario.path("verdict").asText()).isEqualTo("broken");
        assertThat(scenario.at("/steps/1/status").asText()).isEqualTo("failed");
        assertThat(scenario.at("/steps/1/verdicts/0/findings/0/byte_offset").asInt())
                .isEqualTo(1);
        assertThat(out.resolve(scenario.at("/evidence/0/file").asText())).isRegularFile();
        assertThat(Files.readString(out.resolve(scenario.at("/evidence/0/file").asText())))
                .contains("/health");
        assertThat(json.at("/scenarios/1/id").asText()).isEqualTo("health.feature:18");
    }

    @Test
    void saysInOneSentenceThatNobodyAnswers() {
        assertThatThrownBy(() -> runAt("http://127.0.0.1:1", Optional.empty()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("http://127.0.0.1:1 does not answer");
    }

    @Test
    void refusesAnUnknownSelectionBeforeAnyRequest() throws Exception {
        try (FakeWorker worker = new FakeWorker(GOOD)) {
            assertThatThrownBy(() -> runAt(worker.url(), Optional.of("EV-99"))).isInstanceOf(UnknownSelection.class);
            assertThat(worker.requests()).isZero();
        }
    }

    @Test
    void tellsOfWhatWasNotSelected() throws Exception {
        run(GOOD, Optional.of("HL-01"));
        JsonNode json =
                new ObjectMapper().readTree(out.resolve("conformance.json").toFile());
        assertThat(requirement(json, "EV-09").path("reason").asText()).isEqualTo("not selected by --only");
    }

    private static JsonNode requirement(JsonNode json, String id) {
        for (JsonNode requirement : json.path("requirements")) {
            if (requirement.path("id").asText().equals(id)) {
                return requirement;
            }
        }
        throw new AssertionError("no requirement " + id);
    }

    private int run(String health, Optional<String> only) throws Exception {
        try (FakeWorker worker = new FakeWorker(health)) {
            return runAt(worker.url(), only);
        }
    }

    private int runAt(String url, Optional<String> only) throws InterruptedException {
        return prepared(url, only).execute();
    }

    private ConformanceRun prepared(String url, Optional<String> only) {
        RunSettings settings = new RunSettings(
                Optional.of(url),
                Optional.empty(),
                only,
                Set.of(),
                out,
                TargetProbe.Hints.none(),
                Budgets.defaults(),
                false);
        return new ConformanceRun(settings, new Account(new PrintWriter(screen, true), Ink.PLAIN, false), SELFTEST);
    }
}
