package dev.touchstone.worker.fault.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process as the kit's own proof starts it. */
@Timeout(120)
class WorkerHostTest {

    private static final String ASKED = "{\"job_id\":\"%d\",\"prompt\":\"Once there was a bird\",\"max_tokens\":12,"
            + "\"temperature\":1.0,\"seed\":5}";

    @TempDir
    Path work;

    private Process process;
    private BufferedWriter tasks;
    private BufferedReader answers;
    private int jobs;

    @BeforeEach
    void begin() throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkerHost.class.getName())
                .redirectError(work.resolve("host.log").toFile())
                .start();
        tasks = process.outputWriter();
        answers = process.inputReader();
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    private String ask(String... task) throws IOException {
        tasks.write(String.join("\t", task));
        tasks.newLine();
        tasks.flush();
        return answers.readLine();
    }

    private String serve(String fault) throws IOException {
        String answer = ask("serve", fault, work.resolve("fired-" + fault).toString(), "serve", "--cpu", "--port", "0");
        assertThat(answer).startsWith("listening on http://127.0.0.1:");
        return answer.substring("listening on ".length());
    }

    /** The text of a seeded generation. */
    private String text(String url) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url + "/execute"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(ASKED.formatted(++jobs)))
                        .build())
                .lines()
                .filter(line -> line.contains("\"t\":"))
                .map(line -> line.replaceAll(".*\"t\":\"([^\"]*)\".*", "$1"))
                .reduce("", String::concat);
    }

    private static String send(HttpRequest request) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    @Test
    void oneWorkersFaultIsNotTheNextOnes() throws Exception {
        String honest = serve("");
        String text = text(honest);
        assertThat(text(honest)).isEqualTo(text).isNotEmpty();
        assertThat(ask("stop")).isEqualTo("clean");
        String broken = serve("seed-ignored");
        assertThat(List.of(text(broken), text(broken), text(broken)))
                .as("the fault salts the seed")
                .doesNotHaveDuplicates();
        assertThat(ask("stop")).isEqualTo("clean");
        String again = serve("");
        assertThat(text(again)).isEqualTo(text);
        assertThat(work.resolve("fired-seed-ignored")).exists();
        assertThat(work.resolve("fired-")).doesNotExist();
    }

    @Test
    void aWorkerThatWasStoppedIsGone() throws Exception {
        String url = serve("");
        assertThat(ask("stop")).isEqualTo("clean");
        var health = HttpRequest.newBuilder(URI.create(url + "/health")).build();
        assertThatThrownBy(() -> send(health)).isInstanceOf(ConnectException.class);
    }

    @Test
    void saysWhenSomethingOfAWorkerIsLeft() throws Exception {
        serve("idle-stop-hangs");
        assertThat(ask("stop"))
                .as("its thread waits for a job that never comes")
                .matches("left .*\\bworker\\b.*");
    }

    @Test
    void knowsWhichFaultsFit() throws Exception {
        assertThat(ask("fits", "seed-ignored")).isEqualTo("yes");
        assertThat(ask("fits", "first-length-wins"))
                .as("it is in the HTTP server")
                .isEqualTo("no");
        assertThat(ask("fits", "no-such-fault")).startsWith("failed").contains("no-such-fault");
    }

    @Test
    void aWorkerThatCannotStartIsSaidToHaveFailed() throws Exception {
        assertThat(ask(
                        "serve",
                        "",
                        "",
                        "serve",
                        "--model",
                        work.resolve("none.gguf").toString()))
                .startsWith("failed");
        serve("");
    }

    @Test
    void endsWithItsInput() throws Exception {
        serve("");
        tasks.close();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
