package dev.touchstone.ci;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line from outside: what a stranger types, and what it answers. */
class LauncherIT {

    @TempDir
    Path work;

    @Test
    void workerWithTwoEndEventsIsCaught() throws Exception {
        try (var worker = new TwoEndsWorker(0)) {
            var run = Launcher.touchstone(
                    work,
                    "run",
                    worker.url(),
                    "--only",
                    "EV-02",
                    "--out",
                    work.resolve("out").toString());
            assertThat(run.status()).as(run.output()).isEqualTo(1);
            assertThat(run.output()).contains("EV-02", "expected", "byte", "curl");
            assertThat(work.resolve("out/conformance.json")).content().contains("\"broken\"");
            assertThat(work.resolve("out/report.html")).exists();
            assertThat(work.resolve("out/junit.xml")).content().contains("<failure");
        }
    }

    @Test
    void referenceWorkerHoldsAndSaysWhatWasLookedAt() throws Exception {
        var run = Launcher.touchstone(
                work,
                "run",
                "--only",
                "EV-02,EV-04",
                "--out",
                work.resolve("out").toString());
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output()).contains("EV-02", "EV-04", "report.html");
        assertThat(work.resolve("out/summary.md")).exists();
    }

    @Test
    void urlThatDoesNotAnswerIsOneSentenceAndStatusTwo() throws Exception {
        var run = Launcher.touchstone(work, "run", "http://127.0.0.1:9");
        assertThat(run.status()).as(run.output()).isEqualTo(2);
        assertThat(run.output()).contains("http://127.0.0.1:9").doesNotContain("\tat ");
        assertThat(run.output().strip().lines().count()).as(run.output()).isEqualTo(1);
    }

    @Test
    void unknownOptionIsOneSentenceAndStatusTwo() throws Exception {
        var run = Launcher.touchstone(work, "run", "--no-such-option");
        assertThat(run.status()).as(run.output()).isEqualTo(2);
        assertThat(run.output()).contains("--no-such-option").doesNotContain("\tat ");
    }

    @Test
    void nothingSelectedIsNeverGreen() throws Exception {
        var run = Launcher.touchstone(work, "run", "--only", "ZZ-99");
        assertThat(run.status()).as(run.output()).isEqualTo(2);
        assertThat(run.output()).contains("ZZ-99");
    }

    @Test
    void serveRefusesAFileThatIsNotGguf() throws Exception {
        Path file = java.nio.file.Files.writeString(work.resolve("notes.gguf"), "this is not a model");
        var run = Launcher.touchstone(work, "serve", "--model", file.toString());
        assertThat(run.status()).as(run.output()).isEqualTo(1);
        assertThat(run.output()).contains("notes.gguf").doesNotContain("\tat ");
    }

    @Test
    void modelInfoRefusesAFileThatIsNotGguf() throws Exception {
        Path file = java.nio.file.Files.writeString(work.resolve("notes.gguf"), "this is not a model");
        var run = Launcher.touchstone(work, "model", "info", file.toString());
        assertThat(run.status()).as(run.output()).isEqualTo(2);
        assertThat(run.output()).contains("notes.gguf").doesNotContain("\tat ");
    }

    @Test
    void modelSynthRefusesAShapeThatItDoesNotKnow() throws Exception {
        var run = Launcher.touchstone(
                work,
                "model",
                "synth",
                "--shape",
                "gpt-9",
                "--out",
                work.resolve("m.gguf").toString());
        assertThat(run.status()).as(run.output()).isEqualTo(2);
        assertThat(run.output()).contains("gpt-9", "qwen2.5-0.5b").doesNotContain("\tat ");
    }

    @Test
    void benchMeasuresAWorkerByItsUrlAndTheEngineByAFile() throws Exception {
        var worker = Launcher.touchstone(work, "bench", "--url", "http://127.0.0.1:9");
        assertThat(worker.status()).as(worker.output()).isEqualTo(2);
        assertThat(worker.output()).contains("http://127.0.0.1:9 does not answer");
        var engine = Launcher.touchstone(
                work, "bench", "--model", work.resolve("none.gguf").toString());
        assertThat(engine.status()).as(engine.output()).isEqualTo(1);
        assertThat(engine.output()).contains("none.gguf");
        var help = Launcher.touchstone(work, "bench", "--help");
        assertThat(help.status()).as(help.output()).isZero();
        assertThat(help.output()).contains("--url", "--model FILE");
    }

    @Test
    void explainTellsPromiseCheckAndWhatToLookAt() throws Exception {
        var run = Launcher.touchstone(work, "explain", "EV-04");
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output()).contains("EV-04", "Scenario");
    }

    @Test
    void planMakesNoRun() throws Exception {
        var run = Launcher.touchstone(work, "plan");
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output()).contains("EV-02", "MUST");
    }
}
