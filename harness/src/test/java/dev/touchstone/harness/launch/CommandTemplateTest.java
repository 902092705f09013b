package dev.touchstone.harness.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CommandTemplateTest {

    @Test
    void splitsAtWhiteSpaceAndFillsInThePort() {
        assertThat(new CommandTemplate("  java -jar\tw.jar --port {port} ").words(81))
                .containsExactly("java", "-jar", "w.jar", "--port", "81");
    }

    @Test
    void respectsQuotesAndBackslashes() {
        assertThat(new CommandTemplate("a 'b c' \"d \\\"e\\\" \\x\" f\\ g h\"i j\"k '' \"\"").words(1))
                .containsExactly("a", "b c", "d \"e\" \\x", "f g", "hi jk", "", "");
    }

    @Test
    void refusesAnOpenQuoteAndAnEmptyCommand() {
        assertThatThrownBy(() -> new CommandTemplate("a 'b").words(1)).hasMessageContaining("leaves a quote (') open");
        assertThatThrownBy(() -> new CommandTemplate(" ")).hasMessageContaining("is empty");
    }
}
