package dev.touchstone.features.teeth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.harness.cli.CommandFailure;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChosenTest {

    private static final FaultCatalogue CATALOGUE = FaultCatalogue.load();

    @Test
    void findsFaultsByIdRequirementAreaLayerAndBug() {
        assertThat(ids("two-terminals")).containsExactly("two-terminals");
        assertThat(ids("EV-02")).contains("two-terminals", "two-started").doesNotContain("seed-ignored");
        assertThat(ids("ev")).contains("two-terminals");
        assertThat(ids("worker")).contains("seed-ignored").doesNotContain("two-terminals");
        assertThat(ids("b34")).contains("seed-ignored");
        assertThat(ids("two-terminals,DT-02")).contains("two-terminals", "seed-ignored");
    }

    @Test
    void refusesATermThatSelectsNothing() {
        assertThatThrownBy(() -> Chosen.select("EV-02,two-ternimals", CATALOGUE, List.of()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("'two-ternimals'");
    }

    @Test
    void theFastTierHasOnlyWhatIsFast() {
        assertThat(Chosen.tier(false, CATALOGUE, List.of()).faults())
                .isNotEmpty()
                .allMatch(Fault::fast);
        assertThat(Chosen.tier(true, CATALOGUE, List.of()).faults()).hasSameSizeAs(CATALOGUE.faults());
    }

    private static List<String> ids(String selection) {
        return Chosen.select(selection, CATALOGUE, List.of()).faults().stream()
                .map(Fault::id)
                .toList();
    }
}
