package dev.touchstone.ci;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The ledger of the kit's own proof: the fast tier of the teeth is judged, or all of it where the environment has
 * {@code TOUCHSTONE_TEETH=all}; and any MUST without a kill, any survivor, any void trial, any false alarm and any phrase
 * or bug without a fault fails the build.
 */
class LedgerIT {

    private static final Path WORK = Launcher.root().resolve("ci/target/ledger");
    private static final Path OUT = WORK.resolve("teeth");
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final boolean ALL = "all".equals(System.getenv("TOUCHSTONE_TEETH"));
    /** Fewer than these would mean that the catalogue was not read, not that the kit got better. */
    private static final int LEAST_FAULTS = 150;

    private static Launcher run = new Launcher(-1, "");
    private static JsonNode matrix = new ObjectMapper().createObjectNode();

    @BeforeAll
    static void judge() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("teeth", "--out", OUT.toString()));
        if (ALL) {
            command.add("--all");
        }
        run = Launcher.touchstone(WORK, LIMIT, command.toArray(String[]::new));
        Path json = OUT.resolve("teeth.json");
        assertThat(json).as(run.output()).exists();
        matrix = new ObjectMapper().readTree(Files.readString(json));
    }

    @Test
    void everyFaultIsKilledAndTheRunSaysSo() {
        assertThat(matrix.path("tier").asText()).isEqualTo(ALL ? "all" : "fast");
        assertThat(matrix.path("faults")).hasSizeGreaterThan(LEAST_FAULTS);
        for (JsonNode fault : matrix.path("faults")) {
            assertThat(fault.path("outcome").asText())
                    .as(fault.path("id").asText() + ": " + fault.path("reason").asText())
                    .isEqualTo("killed");
            assertThat(fault.path("fired").asLong())
                    .as(fault.path("id").asText())
                    .isPositive();
            assertThat(fault.path("twin").path("clean").asBoolean())
                    .as(fault.path("id").asText())
                    .isTrue();
        }
        assertThat(run.status()).as(run.output()).isZero();
    }

    @Test
    void noInnocentIsBlamed() {
        assertThat(matrix.path("innocents")).hasSizeGreaterThanOrEqualTo(ALL ? 30 : 0);
        for (JsonNode innocent : matrix.path("innocents")) {
            assertThat(innocent.path("outcome").asText())
                    .as(innocent.path("id").asText() + ": " + innocent.path("alarms"))
                    .isEqualTo("quiet");
        }
    }

    @Test
    void everyMustHasAKillOrAReasonWhyNoneIsPossible() {
        assertThat(matrix.path("ledger")).hasSizeGreaterThan(90);
        Set<String> killed = new HashSet<>();
        for (JsonNode fault : matrix.path("faults")) {
            for (JsonNode requirement : fault.path("requirements")) {
                if (fault.path("outcome").asText().equals("killed")
                        && requirement.path("named").asBoolean()) {
                    killed.add(requirement.path("id").asText());
                }
            }
        }
        List<String> without = new ArrayList<>();
        for (JsonNode requirement : matrix.path("ledger")) {
            boolean excused = true;
            for (JsonNode phrase : requirement.path("phrases")) {
                excused &= !phrase.path("unseen").asText().isEmpty();
            }
            String id = requirement.path("id").asText();
            if (requirement.path("level").asText().equals("MUST") && !killed.contains(id) && !excused) {
                without.add(id);
            }
        }
        assertThat(without).isEmpty();
    }

    @Test
    void everyPhraseAndEveryFieldBugHasAFaultOrAReason() {
        List<String> gaps = new ArrayList<>();
        for (JsonNode requirement : matrix.path("ledger")) {
            for (JsonNode phrase : requirement.path("phrases")) {
                if (phrase.path("faults").isEmpty()
                        && phrase.path("unseen").asText().isEmpty()) {
                    gaps.add(requirement.path("id").asText() + ": "
                            + phrase.path("phrase").asText());
                }
            }
        }
        for (JsonNode bug : matrix.path("bugs")) {
            if (bug.path("faults").isEmpty() && bug.path("unseen").asText().isEmpty()) {
                gaps.add(bug.path("id").asText());
            }
        }
        assertThat(matrix.path("bugs")).hasSizeGreaterThan(120);
        assertThat(gaps).isEmpty();
    }
}
