package dev.touchstone.harness.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerLauncherTest {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @Test
    void tellsTheLastLineOfAWorkerThatDiesEarly() {
        WorkerLauncher launcher = launcher("sh -c 'echo loading; echo no such model >&2; exit 1'", 20);
        assertThatThrownBy(launcher::start)
                .isInstanceOf(LaunchFailure.class)
                .hasMessage("The worker exited with status 1 before it was healthy; its last line was: no such model");
    }

    @Test
    void namesACommandThatDoesNotExist() {
        assertThatThrownBy(launcher("/no/such/worker", 5)::start)
                .isInstanceOf(LaunchFailure.class)
                .hasMessageStartingWith("The worker command '/no/such/worker' could not be started");
    }

    @Test
    void killsAWorkerThatNeverBecomesHealthy() {
        assertThatThrownBy(launcher("sh -c 'echo waiting; exec sleep 60'", 0)::start)
                .isInstanceOf(LaunchFailure.class)
                .hasMessageStartingWith("The worker was not healthy within 0 s at http://127.0.0.1:");
    }

    @Test
    void startsRestartsAndStopsAHealthyWorker(@TempDir Path site) throws Exception {
        Files.writeString(site.resolve("health"), "{}");
        String command = "'" + JAVA + "' -m jdk.httpserver -b 127.0.0.1 -p {port} -d '" + site + "'";
        try (LaunchedWorker worker = launcher(command, 30).start()) {
            long first = worker.pid();
            assertThat(worker.alive()).isTrue();
            assertThat(worker.awaitExit(Duration.ofMillis(1))).isEqualTo(Optional.empty());
            worker.restart();
            assertThat(worker.pid()).isNotEqualTo(first);
            assertThat(ProcessHandle.of(first).filter(ProcessHandle::isAlive)).isEmpty();
            worker.stop();
            assertThat(worker.alive()).isFalse();
            assertThat(worker.log()).contains("127.0.0.1");
        }
    }

    @Test
    void killsTheServerAndLeavesWhatItStartedUntilItIsClosed(@TempDir Path site) throws Exception {
        Files.writeString(site.resolve("health"), "{}");
        String command =
                "sh -c 'sleep 60 & exec \"" + JAVA + "\" -m jdk.httpserver -b 127.0.0.1 -p {port} -d \"" + site + "\"'";
        try (LaunchedWorker worker = launcher(command, 30).start()) {
            ProcessHandle server = ProcessHandle.of(worker.pid()).orElseThrow();
            ProcessHandle engine = server.descendants().findFirst().orElseThrow();
            worker.killServerAndRestart();
            assertThat(server.isAlive()).isFalse();
            assertThat(engine.isAlive()).isTrue();
            assertThat(worker.pid()).isNotEqualTo(server.pid());
            worker.stop();
            engine.onExit().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void beginsWithoutWaitingAndTellsHowItEnded() throws Exception {
        WorkerLauncher launcher = launcher("sh -c 'echo bad port $2 >&2; exit 3' worker", 5);
        try (LaunchedWorker worker = launcher.withOption("--port", "seven").begin()) {
            assertThat(worker.settle(Duration.ofSeconds(20))).isFalse();
            assertThat(worker.awaitExit(Duration.ZERO)).hasValue(3);
            assertThat(worker.log()).isEqualTo("bad port seven\n");
            assertThat(worker.listens()).isFalse();
        }
    }

    @Test
    void settlesWhenTheWorkerIsHealthy(@TempDir Path site) throws Exception {
        Files.writeString(site.resolve("health"), "{}");
        String command = "'" + JAVA + "' -m jdk.httpserver -b 127.0.0.1 -p {port} -d '" + site + "'";
        try (LaunchedWorker worker = launcher(command, 30).begin()) {
            assertThat(worker.settle(Duration.ofSeconds(30))).isTrue();
            assertThat(worker.listens()).isTrue();
        }
    }

    private static WorkerLauncher launcher(String command, int seconds) {
        return new WorkerLauncher(new CommandTemplate(command), Duration.ofSeconds(seconds));
    }
}
