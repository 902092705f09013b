package dev.touchstone.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ModelCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void describesAModel() {
        assertThat(run(
                        "info",
                        SharedFiles.shared("models/touchstone-tiny-q4_k_m.gguf").toString()))
                .isZero();
        assertThat(out.toString())
                .contains("touchstone-tiny (Touchstone Tiny)", "qwen2", "Q4_K", "2,048 tokens", "4,096 tokens")
                .contains("chat template  yes");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void refusesAnotherFileInOneSentence(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "not a model");
        assertThat(run("info", file.toString())).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).contains("notes.txt", "GGUF");
    }

    @Test
    void explainsItself() {
        assertThat(run("info", "--help")).isZero();
        assertThat(out.toString()).contains("FILE");
        assertThat(run("--help")).isZero();
        assertThat(run()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "--shape=gpt-9,'gpt-9,qwen2.5-0.5b,smollm2-135m'",
        "--type=Q3_K,'Q3_K,Q4_K_M,BF16'",
        "--seed=-1,'-1,2^64'",
        "--seed=one,'one,2^64'",
        "--out=missing/folder/m.gguf,'missing/folder/m.gguf,a folder that exists'"
    })
    void refusesWhatItCannotMakeInOneSentence(String option, String words) {
        assertThat(run("synth", "--shape", "smollm2-135m", "--out", "missing/m.gguf", option))
                .isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).contains(words.split(","));
    }

    @ParameterizedTest
    @CsvSource({
        "touchstone-tiny-q4_k_m.gguf,touchstone-tiny",
        "touchstone-tiny-f16.gguf,touchstone-tiny",
        "SmolLM2-135M-Instruct-Q4_1.gguf,smollm2-135m-instruct",
        "llama.Q8_0.gguf,llama",
        "plain,plain",
        "q4_0.gguf,q4_0"
    })
    void namesAModelAfterItsFile(String file, String name) {
        assertThat(ModelCard.name(file)).isEqualTo(name);
    }

    private int run(String... arguments) {
        return new CommandLine(new ModelCommand())
                .setOverwrittenOptionsAllowed(true)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
