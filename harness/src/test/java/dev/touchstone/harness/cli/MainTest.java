package dev.touchstone.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MainTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void forgetTheCompanions() {
        System.clearProperty("touchstone.companion.help");
    }

    @Test
    void answersAnUnknownCommandInOneSentence() {
        assertThat(run("rnu")).isEqualTo(2);
        assertThat(err.toString()).isEqualTo("touchstone: There is no command 'rnu'. See touchstone --help.\n");
    }

    @Test
    void answersAnUnknownOptionInOneSentence() {
        assertThat(run("--colour")).isEqualTo(2);
        assertThat(err.toString()).isEqualTo("touchstone: Unknown option: '--colour'. See touchstone --help.\n");
    }

    @Test
    void showsTheCompanionCommandsOfTheLauncher() {
        System.setProperty("touchstone.companion.help", "Also: serve, model, bench");
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("Also: serve, model, bench");
    }

    @Test
    void tellsItsVersion() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("touchstone ");
    }

    private int run(String... args) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
