package dev.touchstone.features.teeth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.contract.ContractCatalogue;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private static final FaultCatalogue CATALOGUE = FaultCatalogue.read(
            YamlEntry.parse("faults.yaml", """
                    faults:
                    - { id: two-ends, layer: wire, what: Two., breaks: { EV-01: "x" }, teeth: ["EV-01: two ends"] }
                    unseen:
                    - { teeth: "EV-02: dark", why: "Nobody sees it." }
                    """),
            ContractCatalogue.read(new ByteArrayInputStream("""
                    areas: { EV: { title: Events } }
                    requirements:
                    - { id: EV-01, level: MUST, profile: core, text: "One.", teeth: "two ends" }
                    - { id: EV-02, level: MUST, profile: core, text: "Two.", teeth: "dark" }
                    """.getBytes(StandardCharsets.UTF_8))),
            Map.of());

    @Test
    void isContentWhenAllIsKilledOrKnownToBeUnseen() {
        assertThat(complaints(trial(TrialResult.Outcome.KILLED, ""), List.of(), true))
                .isEmpty();
    }

    @Test
    void namesASurvivorAndAVoidTrial() {
        assertThat(complaints(trial(TrialResult.Outcome.SURVIVED, "EV-01 is held."), List.of(), false))
                .containsExactly("Survivor: two-ends. EV-01 is held.");
        assertThat(complaints(trial(TrialResult.Outcome.VOID, "The fault never fired."), List.of(), false))
                .containsExactly("Void: two-ends. The fault never fired.");
    }

    @Test
    void namesAMustWithoutAKillWhereAWholeTierWasJudged() {
        List<TrialResult> survived = trial(TrialResult.Outcome.SURVIVED, "So.");
        assertThat(complaints(survived, List.of(), true)).contains("No fault was killed for the MUST EV-01.");
        assertThat(complaints(survived, List.of(), false)).hasSize(1);
    }

    @Test
    void namesAFalseAlarmWithItsWords() {
        InnocentResult.Alarm alarm =
                new InnocentResult.Alarm("EV-06", 2, "a.feature:1", "A", "a line end", "none came");
        InnocentResult blamed =
                new InnocentResult("cr-line-ends", InnocentResult.Outcome.FALSE_ALARM, "", 3, 1, 5, 9, List.of(alarm));
        assertThat(complaints(trial(TrialResult.Outcome.KILLED, ""), List.of(blamed), false))
                .containsExactly("False alarm: cr-line-ends was blamed for EV-06: expected a line end, but none came");
    }

    @Test
    void namesAnInnocentThatShowedNothing() {
        assertThat(complaints(
                        trial(TrialResult.Outcome.KILLED, ""),
                        List.of(InnocentResult.void_("slow-disk", "The oddity never showed.")),
                        false))
                .containsExactly("Void: slow-disk. The oddity never showed.");
    }

    private static List<TrialResult> trial(TrialResult.Outcome outcome, String reason) {
        return List.of(new TrialResult("two-ends", outcome, reason, 1, 1, true, "", false, List.of()));
    }

    private static List<String> complaints(List<TrialResult> trials, List<InnocentResult> innocents, boolean whole) {
        return Ledger.complaints(CATALOGUE, new Matrix.Results(trials, innocents), whole);
    }
}
