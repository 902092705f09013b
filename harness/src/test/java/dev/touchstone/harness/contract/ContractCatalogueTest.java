package dev.touchstone.harness.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContractCatalogueTest {

    private static final String SMALL = """
            areas:
              EV: { title: Event order }
              HL: { title: Health }
            requirements:
              - { id: EV-01, level: MUST, profile: core, text: "Answers 200.", teeth: "404" }
              - { id: EV-02, level: SHOULD, profile: perf, text: "In order.", teeth: "disorder; \\\\uD83D" }
              - { id: HL-01, level: MAY, profile: core, text: "Answers.", teeth: "silence" }
            """;

    private final ContractCatalogue catalogue = read(SMALL);

    @Test
    void keepsTheOrderOfTheFile() {
        assertThat(catalogue.requirements()).extracting(Requirement::id).containsExactly("EV-01", "EV-02", "HL-01");
        assertThat(catalogue.areas().keySet()).containsExactly("EV", "HL");
    }

    @Test
    void readsEveryFieldOfARequirement() {
        assertThat(catalogue.find("EV-02"))
                .contains(new Requirement("EV-02", "EV", Level.SHOULD, Profile.PERF, "In order.", "disorder; \\uD83D"));
        assertThat(catalogue.areaTitle("EV")).isEqualTo("Event order");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EV-02       | EV-02",
                "ev-02       | EV-02",
                "EV          | EV-01 EV-02",
                "perf        | EV-02",
                "HL,EV-01    | EV-01 HL-01",
                "core , perf | EV-01 EV-02 HL-01",
            })
    void selectsByIdAreaAndProfileInCatalogueOrder(String selection, String ids) {
        assertThat(catalogue.select(selection)).extracting(Requirement::id).isEqualTo(List.of(ids.split(" ")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EV-03   | No requirement, area or profile is called 'EV-03'; near it are EV-01, EV-02.",
                "pref    | No requirement, area or profile is called 'pref'; near it are perf.",
                "weather | No requirement, area or profile is called 'weather'; areas are EV, HL.",
            })
    void namesNearMatchesOfAnUnknownTerm(String selection, String sentence) {
        assertThatThrownBy(() -> catalogue.select(selection))
                .isInstanceOf(UnknownSelection.class)
                .hasMessage(sentence);
    }

    @Test
    void refusesASelectionThatNamesNothing() {
        assertThatThrownBy(() -> catalogue.select(" , ")).hasMessageStartingWith("The selection ' , ' names nothing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EV-02 | EV-01 | The contract catalogue has requirement EV-01 twice.",
                "EV-02 | EV-2  | The contract catalogue has a requirement with the id 'EV-2'; accepted are two capital letters, a hyphen and two digits.",
                "EV-02 | XX-02 | Requirement XX-02 belongs to no area of the contract catalogue; areas are EV, HL.",
                "SHOULD | OUGHT | Requirement EV-02 has the level 'OUGHT'; accepted are must, should, may.",
                "requirements: | wishes: | The contract catalogue has no list of requirements.",
                "text: \"In order.\", | '' | Requirement EV-02 of the contract catalogue has no text.",
            })
    void refusesAMalformedCatalogueInOneSentence(String good, String bad, String sentence) {
        assertThatThrownBy(() -> read(SMALL.replace(good, bad)))
                .isInstanceOf(MalformedCatalogue.class)
                .hasMessage(sentence);
    }

    @Test
    void saysWhereTheYamlBreaks() {
        assertThatThrownBy(() -> read("areas: {"))
                .isInstanceOf(MalformedCatalogue.class)
                .hasMessageContaining("not YAML: line 1");
        assertThatThrownBy(() -> read("- a list")).hasMessageContaining("not a YAML mapping");
    }

    private static ContractCatalogue read(String yaml) {
        return ContractCatalogue.read(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
    }
}
