package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.contract.Profile;
import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.Dialect;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machinery of a run: order, rounds, the quick subset, expectations, and judging again. */
class MachineryTest {

    private static final String TOKEN = "s3cret-t0ken-of-the-worker";
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    private Path folder;

    private final StringWriter screen = new StringWriter();

    @Test
    void runsThoseThatWaitAfterAllOthersBesideEachOther() throws Exception {
        try (var worker = new MachineryWorker()) {
            run(worker, "EV-01,EV-02", Manner.PLAIN);
            List<String> asked = worker.paths().stream()
                    .filter(p -> p.equals("/plain") || p.equals("/meet"))
                    .toList();
            assertThat(asked).containsExactly("/plain", "/meet", "/meet", "/meet");
        }
        JsonNode results = results("out");
        assertThat(verdicts(results)).containsExactly(Map.entry("EV-01", "held"), Map.entry("EV-02", "held"));
        List<String> ids = new ArrayList<>();
        results.path("scenarios").forEach(s -> ids.add(s.path("id").asText()));
        assertThat(ids).isSorted().hasSize(4);
        assertThat(ids.getFirst()).startsWith("a-beside.feature:");
        assertThat(screen.toString()).contains("✓ held 3").contains("✓ held 1");
    }

    @Test
    void runsOnlyTheQuickSubsetAndSaysSo() throws Exception {
        try (var worker = new MachineryWorker()) {
            assertThat(run(worker, "EV", new Manner(true, 1, Optional.empty(), Set.of())))
                    .isZero();
        }
        assertThat(verdicts(results("out"))).containsExactly(Map.entry("EV-02", "held"));
        assertThat(results("out").path("smoke").asBoolean()).isTrue();
        assertThat(screen.toString())
                .contains("(smoke run)")
                .contains("This was a smoke run")
                .contains("not judged: EV-01, EV-03, EV-04, EV-05, EV-06, EV-07, EV-09 (not in the smoke subset)")
                .contains("every MUST of the smoke subset held");
    }

    @Test
    void measuresHowOftenAPromiseBreaks() throws Exception {
        try (var worker = new MachineryWorker()) {
            assertThat(run(worker, "EV-02,EV-03", new Manner(false, 4, Optional.empty(), Set.of())))
                    .isEqualTo(1);
        }
        JsonNode flaky = requirement(results("out"), "EV-03");
        assertThat(flaky.path("verdict").asText()).isEqualTo("broken");
        assertThat(flaky.path("broken_rounds").asInt()).isEqualTo(2);
        assertThat(flaky.path("flaky").asBoolean()).isTrue();
        assertThat(requirement(results("out"), "EV-02").path("flaky").asBoolean())
                .isFalse();
        assertThat(results("out").path("scenarios")).hasSize(8);
        assertThat(screen.toString())
                .contains("flaky: EV-03 broke in 2 of 4 rounds")
                .contains(
                        "flaky:\n  - {id: EV-03, rate: 0.500, runs: 4, reason: \"expected status 200, but it was 500\","
                                + " link: \"\", until: 2026-12-24}");
        assertThat(assess("out", "again")).isEqualTo(1);
        assertThat(verdicts(results("again"))).isEqualTo(verdicts(results("out")));
        assertThat(requirement(results("again"), "EV-03").path("broken_rounds").asInt())
                .isEqualTo(2);
    }

    @Test
    void staysGreenWhereWhatIsBrokenIsExpected() throws Exception {
        Path file = expectations("expected: [{id: EV-05, reason: being mended, link: 'https://x', until: 2026-11-24}]");
        try (var worker = new MachineryWorker()) {
            Manner manner = new Manner(false, 1, Optional.of(file), Set.of());
            assertThat(run(worker, "EV-02,EV-05", manner)).isZero();
        }
        assertThat(screen.toString())
                .contains("expected to be broken: EV-05 (being mended, https://x, until 2026-11-24)")
                .contains("every planned MUST held, except those expected to be broken: EV-05")
                .doesNotContain("put into touchstone-expect.yaml");
        assertThat(requirement(results("out"), "EV-05").at("/expected/reason").asText())
                .isEqualTo("being mended");
    }

    @Test
    void printsEntriesThatCanBePastedAndThenDoTheirWork() throws Exception {
        try (var worker = new MachineryWorker()) {
            assertThat(run(worker, "EV-02,EV-05", Manner.PLAIN)).isEqualTo(1);
            Path pasted = expectations(results("out").at("/expectations/paste").asText());
            Manner manner = new Manner(false, 1, Optional.of(pasted), Set.of());
            assertThat(run(worker, "EV-02,EV-05", manner)).isZero();
        }
    }

    @Test
    void refusesAMalformedExpectationsFileBeforeAnyRequest() throws Exception {
        Path file = expectations("expected: [{id: EV-05, because: x}]");
        try (var worker = new MachineryWorker()) {
            Manner manner = new Manner(false, 1, Optional.of(file), Set.of());
            assertThatThrownBy(() -> run(worker, "EV-05", manner))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("an entry has 'because'; accepted are id, link, reason, until");
            assertThat(worker.paths()).isEmpty();
        }
    }

    @Test
    void judgesAgainWithoutAWorkerAndComesToTheSame() throws Exception {
        int status;
        try (var worker = new MachineryWorker()) {
            status = run(worker, "EV", Manner.PLAIN);
        }
        assertThat(status).isEqualTo(2);
        assertThat(assess("out", "again")).isEqualTo(status);
        assertThat(screen.toString()).doesNotContain("judged otherwise");
        assertThat(verdicts(results("again")))
                .isEqualTo(verdicts(results("out")))
                .containsEntry("EV-03", "held")
                .containsEntry("EV-04", "held")
                .containsEntry("EV-05", "broken")
                .containsEntry("EV-06", "inconclusive")
                .containsEntry("EV-07", "kit_error")
                .containsEntry("EV-09", "held");
        assertThat(results("again").path("started_at")).isEqualTo(results("out").path("started_at"));
        assertThat(results("again").path("budgets")).isEqualTo(results("out").path("budgets"));
        assertThat(assess("again", "third")).isEqualTo(status);
    }

    @Test
    void isNotGreenWhereTooLittleOfARequiredProfileWasJudged() throws Exception {
        try (var worker = new MachineryWorker()) {
            assertThat(run(worker, "EV-02", Manner.PLAIN, Set.of(Profile.CORE))).isZero();
            assertThat(assess("out", "green")).isZero();
            assertThat(run(worker, "EV-02", Manner.PLAIN, Set.of(Profile.CORE, Profile.GPU)))
                    .isEqualTo(2);
        }
        assertThat(screen.toString()).contains("exit status 2: too little was judged of what --require names: gpu");
        assertThat(assess("out", "again")).isEqualTo(2);
    }

    @Test
    void tellsAVerdictThatDiffers() throws Exception {
        try (var worker = new MachineryWorker()) {
            run(worker, "EV-02", Manner.PLAIN);
        }
        Path kept = kept();
        Files.writeString(kept, Files.readString(kept).replace("\"status\":200", "\"status\":201"));
        assertThat(assess("out", "again")).isEqualTo(1);
        assertThat(screen.toString())
                .contains("judged otherwise: EV-02 in b-plain.feature:5 was held and is now broken")
                .contains("judged otherwise: the exit status was 0 and is now 1");
    }

    @Test
    void saysInOneSentenceWhichEvidenceIsDamagedOrMissing() throws Exception {
        assertThatThrownBy(() -> assess("nothing", "again"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("nothing to judge again");
        try (var worker = new MachineryWorker()) {
            run(worker, "EV-02", Manner.PLAIN);
        }
        String whole = Files.readString(kept());
        Files.writeString(kept(), whole.substring(0, whole.length() / 2));
        assertThatThrownBy(() -> assess("out", "again"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageMatching("The evidence .*kept.json is damaged: is not JSON .*\\.");
        Files.writeString(kept(), whole.replace("\"nanos\"", "\"nanoz\""));
        assertThatThrownBy(() -> assess("out", "again"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageMatching("The evidence .*kept.json is damaged: lacks .*nanos\\.");
        Files.delete(kept());
        assertThatThrownBy(() -> assess("out", "again"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageMatching("The evidence .*kept.json is missing, .*\\.");
        assertThatThrownBy(() -> assess("out", "out"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("give another directory by --out");
    }

    @Test
    void leavesTheTokenNowhere() throws Exception {
        try (var worker = new MachineryWorker()) {
            run(worker, "EV-02,EV-04,EV-05", Manner.PLAIN);
        }
        assess("out", "again");
        assertThat(screen.toString()).doesNotContain(TOKEN);
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile))
                    .hasSizeGreaterThan(8)
                    .allSatisfy(file -> assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                            .doesNotContain(TOKEN)
                            .doesNotContain("session="));
        }
    }

    private Path kept() {
        return folder.resolve("out/" + EvidenceFiles.folder("b-plain.feature:5", 1) + "/kept.json");
    }

    private Path expectations(String yaml) throws Exception {
        return Files.writeString(folder.resolve("expect.yaml"), yaml);
    }

    private int run(MachineryWorker worker, String only, Manner manner) throws Exception {
        return run(worker, only, manner, Set.of());
    }

    private int run(MachineryWorker worker, String only, Manner manner, Set<Profile> required) throws Exception {
        RunSettings settings = new RunSettings(
                Optional.of(worker.url()),
                Optional.empty(),
                Optional.of(only),
                required,
                folder.resolve("out"),
                new TargetProbe.Hints(
                        Optional.of(TOKEN),
                        Dialect.NATIVE,
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty()),
                Budgets.defaults(),
                false,
                manner);
        return new ConformanceRun(settings, account(), MachineryWorker.SUITE, NOON).execute();
    }

    private int assess(String from, String to) throws InterruptedException {
        return new Assessment(
                        folder.resolve(from),
                        folder.resolve(to),
                        false,
                        Optional.empty(),
                        account(),
                        MachineryWorker.SUITE)
                .execute();
    }

    private Account account() {
        return new Account(new PrintWriter(screen, true), Ink.PLAIN, false);
    }

    private JsonNode results(String out) throws Exception {
        return new ObjectMapper()
                .readTree(folder.resolve(out).resolve("conformance.json").toFile());
    }

    private static JsonNode requirement(JsonNode results, String id) {
        for (JsonNode requirement : results.path("requirements")) {
            if (requirement.path("id").asText().equals(id)) {
                return requirement;
            }
        }
        throw new AssertionError("no requirement " + id);
    }

    private static Map<String, String> verdicts(JsonNode results) {
        Map<String, String> verdicts = new TreeMap<>();
        results.path("requirements").forEach(r -> {
            if (r.has("verdict")) {
                verdicts.put(r.path("id").asText(), r.path("verdict").asText());
            }
        });
        return verdicts;
    }
}
