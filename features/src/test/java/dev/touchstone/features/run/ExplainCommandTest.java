package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.harness.contract.UnknownSelection;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ExplainCommandTest {

    @Test
    void tellsTheWholeStoryOfOnePromise() {
        StringWriter out = new StringWriter();
        CommandLine command = new CommandLine(new ExplainCommand()).setOut(new PrintWriter(out, true));
        assertThat(command.execute("VR-07")).isZero();
        assertThat(out.toString())
                .startsWith("VR-07, VRAM-only residency, MUST, profile ")
                .contains("\nThe promise\n  ")
                .contains("\nWhy\n  A model that runs from the CPU behind a GPU's name is slow in a way that no\n")
                .contains("""

                        How it is checked
                          Scenario: Who names no GPU does not claim to be resident
                            When the client asks for health, and its host is looked at where it claims to be resident
                            Then the claim of residency agrees with the GPU that health names
                        """.stripIndent())
                .endsWith("""

                        If it breaks, look at
                          where resident is computed: from what was allocated on the device rather than from a flag of \
                        the configuration; false, and no gpu_device, on a CPU engine
                        """);
    }

    @Test
    void refusesAnUnknownIdInOneSentence() {
        assertThatThrownBy(() -> Contract.catalogue().require("EV-99"))
                .isInstanceOf(UnknownSelection.class)
                .hasMessageContaining("EV-99");
    }
}
