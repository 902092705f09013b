package dev.touchstone.features.teeth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.teeth.wire.Oddities;
import dev.touchstone.features.teeth.wire.WireFaults;
import dev.touchstone.harness.contract.ContractCatalogue;
import dev.touchstone.harness.target.Dialect;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultCatalogueTest {

    private static final String CONTRACT = """
            areas:
              EV: { title: Events }
            requirements:
              - { id: EV-01, level: MUST, profile: core, text: "One.", teeth: "two ends; no end" }
              - { id: EV-02, level: SHOULD, profile: core, text: "Two.", teeth: "late" }
              - { id: EV-03, level: MAY, profile: core, text: "Three.", teeth: "never" }
            """;
    private static final Map<String, FieldBug> BUGS = Map.of(
            "B10", new FieldBug("B10", "terminal", "Two ends.", "https://example.org/10"),
            "B11", new FieldBug("B11", "terminal", "No end.", "https://example.org/11"));
    private static final String TWO_ENDS = """
            faults:
            - id: two-ends
              layer: wire
              what: The end is sent twice.
              breaks: { EV-01: "after the end" }
              teeth: ["EV-01: two ends"]
              bugs: [B10]
            unseen: []
            """;

    @Test
    void readsAnEntryWithItsDefaults() {
        Fault fault = read(TWO_ENDS).fault("two-ends").orElseThrow();
        assertThat(fault.layer()).isEqualTo(Layer.WIRE);
        assertThat(fault.requirements()).containsExactly("EV-01");
        assertThat(fault.breaks()).containsEntry("EV-01", "after the end");
        assertThat(fault.teeth()).containsExactly(new Fault.Phrase("EV-01", "two ends"));
        assertThat(fault.dialect()).isEqualTo(Dialect.NATIVE);
        assertThat(fault.fast())
                .as("a wire fault is fast unless it says otherwise")
                .isTrue();
        assertThat(fault.options()).isEmpty();
    }

    @Test
    void workerFaultsAreNotFastUnlessTheySaySo() {
        String worker = TWO_ENDS.replace("layer: wire", "layer: worker");
        assertThat(read(worker).fault("two-ends").orElseThrow().fast()).isFalse();
        assertThat(read(worker.replace("  bugs", "  fast: true\n  bugs"))
                        .fault("two-ends")
                        .orElseThrow()
                        .fast())
                .isTrue();
    }

    @Test
    void namesEveryPhraseOfMustAndShouldAndEveryBugWithoutFaultOrReason() {
        assertThat(read(TWO_ENDS).gaps()).containsExactlyInAnyOrder("EV-01: no end", "EV-02: late", "B11");
        String reasoned = TWO_ENDS.replace("unseen: []", """
                unseen:
                - { teeth: "EV-01: no end", why: "It cannot be told from a slow one." }
                - { teeth: "EV-02: late", why: "So." }
                - { bug: B11, why: "So." }
                """);
        assertThat(read(reasoned).gaps()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    layer: wire                     | layer: wirre               | layer 'wirre'
                    EV-01: "after the end"          | EV-09: "after the end"     | EV-09
                    EV-01: "after the end"          | EV-01: ""                  | names no words
                    ["EV-01: two ends"]             | ["EV-01: three ends"]      | not in the contract
                    ["EV-01: two ends"]             | ["EV-02: late"]            | does not break
                    bugs: [B10]                     | bugs: [B99]                | B99
                    bugs: [B10]                     | bug: B10                   | the field 'bug'
                    id: two-ends                    | id: Two Ends               | Two Ends
                    bugs: [B10]                     | dialect: auto              | accepted are native and openai
                    bugs: [B10]                     | fast: perhaps              | accepted are true and false
                    """)
    void refusesAnEntryThatWouldProveLessThanItSeems(String there, String instead, String said) {
        String yaml = TWO_ENDS.replace(there, instead);
        assertThat(yaml).isNotEqualTo(TWO_ENDS);
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(MalformedFaults.class).hasMessageContaining(said);
    }

    @Test
    void refusesAFaultThatStandsThereTwice() {
        String entry = TWO_ENDS.substring(TWO_ENDS.indexOf("- id"), TWO_ENDS.indexOf("unseen"));
        assertThatThrownBy(() -> read(TWO_ENDS.replace("unseen:", entry + "unseen:")))
                .hasMessageContaining("two-ends stands there twice");
    }

    @Test
    void everyWireFaultOfThisBuildIsInTheCatalogueAndTheReverse() {
        FaultCatalogue catalogue = FaultCatalogue.load();
        List<String> wire = catalogue.faults().stream()
                .filter(fault -> fault.layer() == Layer.WIRE)
                .map(Fault::id)
                .toList();
        assertThat(wire).hasSizeGreaterThan(1);
        assertThat(WireFaults.ids()).containsExactlyInAnyOrderElementsOf(wire);
    }

    @Test
    void everyOddityOfThisBuildIsInTheCatalogueAndTheReverse() {
        List<String> wire = Innocent.all().stream()
                .filter(innocent -> innocent.layer() == Layer.WIRE)
                .map(Innocent::id)
                .toList();
        assertThat(Oddities.ids()).containsExactlyInAnyOrderElementsOf(wire);
    }

    private static FaultCatalogue read(String yaml) {
        ContractCatalogue contract =
                ContractCatalogue.read(new ByteArrayInputStream(CONTRACT.getBytes(StandardCharsets.UTF_8)));
        return FaultCatalogue.read(YamlEntry.parse("faults.yaml", yaml), contract, BUGS);
    }
}
