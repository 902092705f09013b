package dev.touchstone.harness.launch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;

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

    private static int freePort() throws LaunchFailure {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new LaunchFailure("No free port was found for the worker: " + e.getMessage() + ".");
        }
    }
}
