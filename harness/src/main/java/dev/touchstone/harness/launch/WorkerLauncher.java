package dev.touchstone.harness.launch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Starts a worker from its command line, on a free port of the loopback address. Thread-safe.
 *
 * @param template the command line
 * @param healthBudget how long the worker may take from its start to its first healthy answer
 * @param engineBreaker a command that makes the engine of a worker fail for good; {@code {pid}}, {@code {port}} and
 *     {@code {url}} stand for the worker's
 */
public record WorkerLauncher(CommandTemplate template, Duration healthBudget, Optional<CommandTemplate> engineBreaker) {

    /** A launcher that knows no command that breaks an engine. */
    public WorkerLauncher(CommandTemplate template, Duration healthBudget) {
        this(template, healthBudget, Optional.empty());
    }

    private static final int LOWEST_PORT = 15_000;
    private static final int HIGHEST_PORT = 32_000;
    private static final int TRIES = 100;

    /**
     * Starts the worker and waits until {@code GET /health} answers 200.
     *
     * @throws LaunchFailure with one sentence; the process is gone then
     */
    public LaunchedWorker start() throws LaunchFailure, InterruptedException {
        LaunchedWorker worker = new LaunchedWorker(template, freePort(), healthBudget);
        worker.start();
        return worker;
    }

    /**
     * Starts the worker on a free port and returns at once.
     *
     * @throws LaunchFailure where the command cannot be run at all
     */
    public LaunchedWorker begin() throws LaunchFailure {
        return beginOn(freePort());
    }

    /** The same on a port of the caller's choice, which may be taken. */
    public LaunchedWorker beginOn(int port) throws LaunchFailure {
        LaunchedWorker worker = new LaunchedWorker(template, port, healthBudget);
        worker.begin();
        return worker;
    }

    /** A launcher of the same command line with that option set, see {@link CommandTemplate#withOption}. */
    public WorkerLauncher withOption(String name, String value) {
        return new WorkerLauncher(template.withOption(name, value), healthBudget, engineBreaker);
    }

    /**
     * A port that nobody has now. It is taken from below the range that the kernel itself gives out (ip(7),
     * ip_local_port_range), or any outgoing connection might have it before the worker does.
     */
    private static int freePort() throws LaunchFailure {
        for (int n = 0; n < TRIES; n++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
            if (isFree(port)) {
                return port;
            }
        }
        throw new LaunchFailure("No free port was found for the worker from %d to %d in %d tries."
                .formatted(LOWEST_PORT, HIGHEST_PORT, TRIES));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
