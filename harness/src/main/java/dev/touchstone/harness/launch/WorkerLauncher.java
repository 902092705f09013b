package dev.touchstone.harness.launch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;

/**
 * Starts a worker from its command line, on a free port of the loopback address. Thread-safe.
 *
 * @param template the command line
 * @param healthBudget how long the worker may take from its start to its first healthy answer
 */
public record WorkerLauncher(CommandTemplate template, Duration healthBudget) {

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
        return new WorkerLauncher(template.withOption(name, value), healthBudget);
    }

    private static int freePort() throws LaunchFailure {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new LaunchFailure("No free port was found for the worker: " + e.getMessage() + ".");
        }
    }
}
