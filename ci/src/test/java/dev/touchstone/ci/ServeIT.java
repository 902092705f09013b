package dev.touchstone.ci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.touchstone.features.run.RunConformance;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** The worker in the foreground, as a user starts, judges and stops it. */
class ServeIT {

    private static final Pattern LISTENING = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    Path work;

    @Test
    void servedWorkerIsJudgedByItsUrlAndStopsCleanly() throws Exception {
        Process worker = serve("--port", "0");
        try (var lines = worker.inputReader()) {
            String url = url(lines);
            var run = Launcher.touchstone(
                    work,
                    "run",
                    url,
                    "--only",
                    "EV-02,HL-01",
                    "--out",
                    work.resolve("out").toString());
            assertThat(run.status()).as(run.output()).isZero();

            worker.destroy();
            assertThat(worker.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(worker.exitValue()).isZero();
        } finally {
            worker.destroyForcibly();
        }
    }

    @Test
    void suiteEmbeddedAsADependencyJudgesTheServedWorker() throws Exception {
        Process worker = serve("--port", "0");
        try (var lines = worker.inputReader()) {
            System.setProperty("touchstone.url", url(lines));
            // What is tried here is the suite, on any machine; ./touchstone run judges by the default budgets.
            System.setProperty("touchstone.budgets", "ttft-p95=10s,itl-p95=5s,health-p99=5s,cancel=5s,gap-floor=5s");
            System.setProperty("touchstone.out", work.resolve("embedded").toString());
            var summary = new SummaryGeneratingListener();
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectClass(RunConformance.class))
                                    .build(),
                            summary);
            assertThat(summary.getSummary().getFailures()).isEmpty();
            assertThat(summary.getSummary().getTestsSucceededCount()).isGreaterThanOrEqualTo(70);
            assertThat(work.resolve("embedded/conformance.json")).exists();
        } finally {
            System.clearProperty("touchstone.url");
            System.clearProperty("touchstone.budgets");
            System.clearProperty("touchstone.out");
            worker.destroyForcibly();
        }
    }

    @Test
    void busyPortIsOneSentenceAndStatusOne() throws Exception {
        Process worker = serve("--port", "0");
        try (var lines = worker.inputReader()) {
            String port = url(lines).replaceAll(".*:", "");
            var second = Launcher.touchstone(work, "serve", "--port", port);
            assertThat(second.status()).as(second.output()).isEqualTo(1);
            assertThat(second.output()).contains(port).doesNotContain("\tat ");
            try (var socket = new Socket("127.0.0.1", Integer.parseInt(port))) {
                assertThat(socket.isConnected()).isTrue();
            }
        } finally {
            worker.destroyForcibly();
        }
    }

    private Process serve(String... options) throws IOException {
        var command = new java.util.ArrayList<String>();
        command.add(Launcher.root().resolve("touchstone").toString());
        command.add("serve");
        command.addAll(java.util.List.of(options));
        return new ProcessBuilder(command)
                .directory(Launcher.root().toFile())
                .redirectError(work.resolve("serve.log").toFile())
                .start();
    }

    private static String url(BufferedReader lines) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher url = LISTENING.matcher(line);
            if (url.find()) {
                return url.group();
            }
        }
        throw new AssertionError("the worker ended without saying where it listens");
    }
}
