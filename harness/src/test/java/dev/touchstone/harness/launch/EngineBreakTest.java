package dev.touchstone.harness.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineBreakTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    private Path site;

    private LaunchedWorker worker() throws Exception {
        Files.writeString(site.resolve("health"), "{}");
        String command = "'" + JAVA + "' -m jdk.httpserver -b 127.0.0.1 -p {port} -d '" + site + "'";
        return new WorkerLauncher(new CommandTemplate(command), Duration.ofSeconds(30)).start();
    }

    @Test
    void cannotBreakAWorkerOfOneProcessFromOutside() throws Exception {
        try (LaunchedWorker worker = worker()) {
            assertThat(EngineBreak.obstacle(worker.port(), Optional.empty())).isPresent();
            assertThat(EngineBreak.attempt(worker, Optional.empty())).isInstanceOf(EngineBreak.Impossible.class);
            assertThat(worker.alive()).isTrue();
        }
    }

    @Test
    void breaksByTheGivenCommandWithTheWorkersNumbersFilledIn() throws Exception {
        try (LaunchedWorker worker = worker()) {
            Path seen = site.resolve("seen");
            var command =
                    Optional.of(new CommandTemplate("sh -c 'echo {pid} {port} {url} > " + seen + "; kill -9 {pid}'"));
            assertThat(EngineBreak.obstacle(worker.port(), command)).isEmpty();
            assertThat(EngineBreak.attempt(worker, command)).isInstanceOf(EngineBreak.Done.class);
            assertThat(Files.readString(seen).strip())
                    .isEqualTo(worker.pid() + " " + worker.port() + " " + worker.url());
            assertThat(worker.awaitExit(Duration.ofSeconds(20))).isPresent();
        }
    }

    @Test
    void saysWhyACommandDidNotBreakIt() throws Exception {
        try (LaunchedWorker worker = worker()) {
            assertThat(EngineBreak.attempt(worker, Optional.of(new CommandTemplate("sh -c 'exit 3'"))))
                    .isEqualTo(new EngineBreak.Failed(
                            "the command that breaks the engine exited with status 3: sh -c 'exit 3'"));
            assertThat(EngineBreak.attempt(worker, Optional.of(new CommandTemplate("/no/such/command"))))
                    .isInstanceOf(EngineBreak.Failed.class);
        }
    }
}
