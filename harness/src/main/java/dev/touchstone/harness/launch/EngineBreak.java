package dev.touchstone.harness.launch;

import dev.touchstone.harness.evidence.HostProbe;
import dev.touchstone.harness.evidence.LocalHostProbe;
import dev.touchstone.harness.evidence.Reading;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Makes the engine of a launched worker fail for good, from outside: by a command that a person gave, or by killing the
 * processes below the one that listens, where the engine lives in servers that keep it apart from HTTP.
 */
public final class EngineBreak {
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);

    private EngineBreak() {}

    /** What came of it. */
    public sealed interface Outcome {}

    /** @param how in a few words, such as {@code the engine process 17 was killed} */
    public record Done(String how) implements Outcome {}

    /** There is no engine that could be reached from outside. */
    public record Impossible(String why) implements Outcome {}

    /** It was tried in vain, or it cannot be told whether there is an engine. */
    public record Failed(String why) implements Outcome {}

    /** Tries it once; {@code kill -9} or the command, whichever there is. */
    public static Outcome attempt(LaunchedWorker worker, Optional<CommandTemplate> command)
            throws InterruptedException {
        if (command.isPresent()) {
            return run(worker, command.get());
        }
        Optional<Impossible> obstacle = obstacle(worker.port(), command);
        return obstacle.isPresent() ? obstacle.get() : kill(worker);
    }

    /**
     * Why it cannot be done, told by a worker of the same command that may go on; empty where it can be tried.
     *
     * @param port that the worker listens on
     */
    public static Optional<Impossible> obstacle(int port, Optional<CommandTemplate> command) {
        return command.isEmpty()
                        && listener(port).found().isPresent()
                        && engines(listener(port)).isEmpty()
                ? Optional.of(
                        new Impossible(
                                "the worker is one process, whose engine cannot be broken from outside; --break-engine gives a command that does"))
                : Optional.empty();
    }

    private static Outcome run(LaunchedWorker worker, CommandTemplate command) throws InterruptedException {
        List<String> words = command.words(Map.of(
                "port", Integer.toString(worker.port()), "pid", Long.toString(worker.pid()), "url", worker.url()));
        try {
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(COMMAND_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
                process.destroyForcibly();
                return new Failed("the command that breaks the engine ran on after %d s: %s"
                        .formatted(COMMAND_LIMIT.toSeconds(), command.text()));
            }
            return process.exitValue() == 0
                    ? new Done("the engine was broken by '" + command.text() + "'")
                    : new Failed("the command that breaks the engine exited with status %d: %s"
                            .formatted(process.exitValue(), command.text()));
        } catch (IOException e) {
            return new Failed("the command that breaks the engine could not be started: " + e.getMessage());
        }
    }

    private static Outcome kill(LaunchedWorker worker) {
        Reading<Long> listener = listener(worker.port());
        if (listener.found().isEmpty()) {
            return new Failed(listener.reason());
        }
        List<ProcessHandle> engines = engines(listener);
        List<Long> ids = engines.stream().map(ProcessHandle::pid).toList();
        engines.forEach(ProcessHandle::destroyForcibly);
        return new Done("kill -9 of the processes %s below the one that listens".formatted(ids));
    }

    private static Reading<Long> listener(int port) {
        try (HostProbe host = LocalHostProbe.open()) {
            return host.listenerOn(port);
        }
    }

    private static List<ProcessHandle> engines(Reading<Long> listener) {
        return listener.found().flatMap(ProcessHandle::of).stream()
                .flatMap(ProcessHandle::descendants)
                .toList();
    }
}
