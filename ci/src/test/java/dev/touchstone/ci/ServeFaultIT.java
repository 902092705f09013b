package dev.touchstone.ci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broken worker in the foreground, as somebody who writes a client starts, asks and stops it. */
class ServeFaultIT {

    private static final Pattern LISTENING = Pattern.compile("listening on (http://127\\.0\\.0\\.1:\\d+)");

    @TempDir
    Path work;

    @Test
    void faultOfTheWireIsServedUntilItIsStopped() throws Exception {
        Process worker = serve("--fault", "two-terminals", "--port", "0");
        try (var lines = worker.inputReader()) {
            String answer = ask(url(lines));
            assertThat(answer.split("event: end\n", -1)).as(answer).hasSize(3);
            stops(worker);
        } finally {
            kill(worker);
        }
        assertThat(work.resolve("serve.log")).content().contains("broken on purpose (two-terminals)");
    }

    @Test
    void faultOfTheWorkerIsServedUntilItIsStopped() throws Exception {
        Process worker = serve("--fault=seed-ignored", "--port", "0", "--max-queue", "7");
        try (var lines = worker.inputReader()) {
            String url = url(lines);
            assertThat(List.of(text(ask(url)), text(ask(url)), text(ask(url)))).doesNotHaveDuplicates();
            stops(worker);
        } finally {
            kill(worker);
        }
        assertThat(work.resolve("serve.log"))
                .content()
                .contains("broken on purpose (seed-ignored)")
                .doesNotContain("WARNING");
    }

    @Test
    void unknownFaultIsOneSentenceAndStatusTwo() throws Exception {
        var served = Launcher.touchstone(work, "serve", "--fault", "two-terminal");
        assertThat(served.status()).as(served.output()).isEqualTo(2);
        assertThat(served.output())
                .isEqualTo("touchstone: There is no fault 'two-terminal'; near it are two-terminals.\n");
    }

    @Test
    void optionThatTheWorkerRefusesIsOneSentence() throws Exception {
        var served =
                Launcher.touchstone(work, "serve", "--fault", "two-terminals", "--port", "0", "--max-queue", "none");
        assertThat(served.status()).as(served.output()).isEqualTo(2);
        assertThat(served.output().lines()).hasSize(1);
        assertThat(served.output()).contains("--max-queue", "none");
    }

    /** The launcher has become the kit's own process: a signal to the one is a signal to the other. */
    private static void stops(Process worker) throws InterruptedException {
        List<ProcessHandle> children = worker.descendants().toList();
        assertThat(children).isNotEmpty();
        worker.destroy();
        assertThat(worker.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(worker.exitValue()).isZero();
        for (ProcessHandle child : children) {
            assertThat(child.onExit()
                            .completeOnTimeout(child, 10, TimeUnit.SECONDS)
                            .join()
                            .isAlive())
                    .isFalse();
        }
    }

    /** Also what a killed kit could not stop. */
    private static void kill(Process worker) {
        List<ProcessHandle> children = worker.descendants().toList();
        worker.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private static String ask(String url) throws IOException, InterruptedException {
        String body = "{\"job_id\":\"one\",\"prompt\":\"Once\",\"max_tokens\":24,\"temperature\":1.5,\"seed\":7}";
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(url + "/execute"))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** The token events without what differs anyhow. */
    private static String text(String answer) {
        Matcher pieces = Pattern.compile("\"t\":(\"[^\"]*\")").matcher(answer);
        List<String> all = new ArrayList<>();
        while (pieces.find()) {
            all.add(pieces.group(1));
        }
        assertThat(all).as(answer).isNotEmpty();
        return String.join("", all);
    }

    private Process serve(String... options) throws IOException {
        var command = new ArrayList<String>();
        command.add(Launcher.root().resolve("touchstone").toString());
        command.add("serve");
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .directory(Launcher.root().toFile())
                .redirectError(work.resolve("serve.log").toFile())
                .start();
    }

    private static String url(BufferedReader lines) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher url = LISTENING.matcher(line);
            if (url.find()) {
                return url.group(1);
            }
        }
        throw new AssertionError("the worker ended without saying where it listens");
    }
}
