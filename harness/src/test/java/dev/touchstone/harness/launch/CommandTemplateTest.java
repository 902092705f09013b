package dev.touchstone.harness.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
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

    @Test
    void addsWordsAsTheyAreAndFillsInOnePlaceholder() {
        assertThat(new CommandTemplate("java -javaagent:'a b.jar'={fault},{report} serve --port {port}")
                        .filling("fault", "seed-ignored")
                        .filling("report", "/tmp/it's here")
                        .withWords(List.of("--model", "a b", ""))
                        .words(7))
                .containsExactly(
                        "java",
                        "-javaagent:a b.jar=seed-ignored,/tmp/it's here",
                        "serve",
                        "--port",
                        "7",
                        "--model",
                        "a b",
                        "");
    }

    @Test
    void setsAnOptionInThePlaceOfOneOfThatName() {
        assertThat(new CommandTemplate("worker --port {port} --model 'a b' -v")
                        .withOption("--port", "x y")
                        .words(1))
                .containsExactly("worker", "--model", "a b", "-v", "--port", "x y");
        assertThat(new CommandTemplate("worker --model=a --models b")
                        .withOption("--model", "it's")
                        .words(1))
                .containsExactly("worker", "--models", "b", "--model", "it's");
        assertThat(new CommandTemplate("worker {port}")
                        .withOption("--gpu-device", "9")
                        .words(7))
                .containsExactly("worker", "7", "--gpu-device", "9");
    }

    @Test
    void tellsTheValueOfAnOption() {
        var template = new CommandTemplate("worker --model a.gguf --port={port} --model b.gguf");
        assertThat(template.option("--model")).hasValue("b.gguf");
        assertThat(template.option("--port")).hasValue("{port}");
        assertThat(template.option("--context")).isEmpty();
    }

    @Test
    void knowsACommandThatAShellRuns() {
        assertThat(new CommandTemplate("/bin/sh -c 'worker --port {port}'").isShellText())
                .isTrue();
        assertThat(new CommandTemplate("bash -e -lc 'worker {port}'").isShellText())
                .isTrue();
        assertThat(new CommandTemplate("worker -c {port}").isShellText()).isFalse();
        assertThat(new CommandTemplate("sh run.sh -c {port}").isShellText()).isFalse();
    }
}
