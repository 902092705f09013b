package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.harness.target.Budgets;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the contract's own scenarios against workers that hang or die, with small limits of time. */
class HungWorkerTest {

    @TempDir
    private Path out;

    @Test
    void callsABodyThatIsLeftOpenABrokenPromiseAndJudgesTheRest() throws Exception {
        try (TroubledWorker worker = new TroubledWorker(TroubledWorker.Trouble.NEVER_CLOSES)) {
            JsonNode results = run(worker, "EV-02,EV-04,DT-01");
            assertThat(verdict(results, "EV-02")).isEqualTo("broken");
            assertThat(message(results, "EV-02"))
                    .contains("the body closed after the terminal event")
                    .contains("it was still open");
            assertThat(verdict(results, "EV-04")).isEqualTo("held");
            assertThat(verdict(results, "DT-01")).isEqualTo("held");
            assertThat(results.path("exit_status").asInt()).isEqualTo(1);
        }
    }

    @Test
    void sendsNoMoreToARouteThatNeverAnswers() throws Exception {
        try (TroubledWorker worker = new TroubledWorker(TroubledWorker.Trouble.NEVER_ANSWERS)) {
            JsonNode results = run(worker, "EV-01,EV-02,EV-03,EV-04,DT-01,HL-01");
            assertThat(worker.executions()).isEqualTo(Pulse.ENOUGH);
            assertThat(message(results, "DT-01"))
                    .contains(
                            "the worker has stopped answering: 2 requests in a row to /execute got no byte for 300 ms");
            assertThat(verdict(results, "EV-04")).isEqualTo("inconclusive");
            assertThat(verdict(results, "HL-01")).isEqualTo("held");
            assertThat(results.at("/totals/kit_error").asInt()).isZero();
            assertThat(results.path("exit_status").asInt()).isEqualTo(2);
        }
    }

    @Test
    void sendsNoMoreToARouteThatStallsInMidStream() throws Exception {
        try (TroubledWorker worker = new TroubledWorker(TroubledWorker.Trouble.STALLS_AFTER_STARTED)) {
            JsonNode results = run(worker, "EV-01,EV-02,EV-03,EV-04,DT-01");
            assertThat(worker.executions()).isEqualTo(Pulse.ENOUGH);
            assertThat(message(results, "EV-04")).contains("the worker has stopped answering");
            assertThat(results.at("/totals/kit_error").asInt()).isZero();
        }
    }

    @Test
    void saysInOneSentenceThatTheWorkerIsGone() throws Exception {
        try (TroubledWorker worker = new TroubledWorker(TroubledWorker.Trouble.DIES_AT_THE_THIRD)) {
            JsonNode results = run(worker, "EV,DT,TX,SP");
            assertThat(worker.executions()).isEqualTo(3);
            assertThat(message(results, "TX-01"))
                    .isEqualTo("TX-01: the worker has stopped answering: connection refused, 2 times in a row");
            assertThat(results.at("/totals/kit_error").asInt()).isZero();
            assertThat(results.at("/totals/run")).isEqualTo(results.at("/totals/planned"));
            assertThat(results.path("exit_status").asInt()).isEqualTo(2);
        }
    }

    @Test
    void sendsNoMoreToARouteThatNeverComesToAnEnd() throws Exception {
        try (TroubledWorker worker = new TroubledWorker(TroubledWorker.Trouble.DRIPS)) {
            JsonNode results = run(worker, "EV-01,EV-02,EV-03,EV-04,DT-01,HL-01", "request=400ms");
            assertThat(worker.executions()).isEqualTo(Pulse.ENOUGH);
            assertThat(message(results, "DT-01"))
                    .contains("the worker does not come to an end: 2 requests in a row to /execute were not done"
                            + " after 400 ms");
            assertThat(results.at("/totals/kit_error").asInt()).isZero();
            assertThat(results.path("exit_status").asInt()).isEqualTo(2);
        }
    }

    @Test
    void judgesAWorkerThatFloodsAndKeepsLittleOfIt() throws Exception {
        try (TroubledWorker worker = new TroubledWorker(TroubledWorker.Trouble.FLOODS)) {
            JsonNode results = run(worker, "EV-02,EV-06,HL-01");
            assertThat(verdict(results, "EV-02")).isEqualTo("broken");
            assertThat(message(results, "EV-02")).contains("no started came among 0 events");
            assertThat(results.at("/totals/kit_error").asInt()).isZero();
            assertThat(results.path("exit_status").asInt()).isEqualTo(1);
        }
        try (Stream<Path> files = Files.walk(out.resolve("evidence"))) {
            assertThat(files.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(Files.size(file)).isLessThan(1024 * 1024));
        }
    }

    private JsonNode run(TroubledWorker worker, String only, String... budgets) throws Exception {
        RunSettings settings = new RunSettings(
                Optional.of(worker.url()),
                Optional.empty(),
                Optional.of(only),
                Set.of(),
                out,
                TargetProbe.Hints.none(),
                Budgets.defaults().withAll(List.of("idle=300ms", "close=150ms")).withAll(List.of(budgets)),
                false);
        Account account = new Account(new PrintWriter(new StringWriter()), Ink.PLAIN, false);
        int status = new ConformanceRun(settings, account, ScenarioSource.CONTRACT).execute();
        JsonNode results =
                new ObjectMapper().readTree(out.resolve("conformance.json").toFile());
        assertThat(results.path("exit_status").asInt()).isEqualTo(status);
        return results;
    }

    private static String verdict(JsonNode results, String id) {
        for (JsonNode requirement : results.path("requirements")) {
            if (requirement.path("id").asText().equals(id)) {
                return requirement.path("verdict").asText();
            }
        }
        return "absent";
    }

    private static String message(JsonNode results, String id) {
        for (JsonNode scenario : results.path("scenarios")) {
            if (scenario.path("requirements").path(0).asText().equals(id)) {
                return scenario.path("message").asText();
            }
        }
        return "absent";
    }
}
