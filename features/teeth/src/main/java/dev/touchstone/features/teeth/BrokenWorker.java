package dev.touchstone.features.teeth;

import dev.touchstone.features.teeth.wire.ChangingProxy;
import dev.touchstone.features.teeth.wire.TrafficChange;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.launch.CommandTemplate;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.launch.WorkerLauncher;
import dev.touchstone.harness.target.Budgets;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Serves one fault in the foreground until the process gets a signal or the worker ends by itself. Each method returns
 * the exit status, and is called at most once in a process.
 *
 * @param port to listen on, 0 for any free one
 */
record BrokenWorker(Fault fault, int port, PrintWriter out, PrintWriter err) {

    private static final Duration STOP = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofDays(1);
    private static final int STOPPED = 0;

    /** The real worker on a port of its own, and a proxy before it. */
    int behindProxy(CommandTemplate honest, TrafficChange change) throws InterruptedException {
        try (LaunchedWorker worker =
                        new WorkerLauncher(honest, Budgets.defaults().startUp()).begin();
                ChangingProxy proxy = ChangingProxy.start(worker.port(), port, change)) {
            worker.awaitHealthy();
            AtomicBoolean ended = new AtomicBoolean();
            onExit(() -> {
                if (!ended.get()) {
                    proxy.close();
                    worker.close();
                    Runtime.getRuntime().halt(STOPPED);
                }
            });
            say();
            out.println("listening on http://127.0.0.1:" + proxy.port());
            out.flush();
            int status = await(worker);
            ended.set(true);
            return status;
        } catch (LaunchFailure e) {
            throw new CommandFailure("" + e.getMessage());
        } catch (IOException e) {
            throw new CommandFailure("--port " + port + " on 127.0.0.1 cannot be listened on (" + e.getMessage()
                    + "); choose a free port, or 0 for any.");
        }
    }

    /** The worker with an agent in its process; it says itself where it listens. */
    int withAgent(CommandTemplate faulty) throws InterruptedException {
        say();
        try {
            Process worker = new ProcessBuilder(faulty.words(port)).inheritIO().start();
            onExit(() -> Runtime.getRuntime().halt(stop(worker)));
            return worker.waitFor();
        } catch (IOException e) {
            throw new CommandFailure("The worker could not be started: " + e.getMessage() + ".");
        }
    }

    private void say() {
        err.println("This worker is broken on purpose (" + fault.id() + "): " + fault.what());
        err.flush();
    }

    private static int await(LaunchedWorker worker) throws InterruptedException {
        Optional<Integer> status = worker.awaitExit(LONG);
        while (status.isEmpty()) {
            status = worker.awaitExit(LONG);
        }
        return status.get();
    }

    /** Passes SIGTERM on. */
    private static int stop(Process worker) throws InterruptedException {
        worker.destroy();
        if (!worker.waitFor(STOP.toNanos(), TimeUnit.NANOSECONDS)) {
            worker.destroyForcibly();
        }
        return worker.waitFor();
    }

    /** A JVM that is stopped by a signal would exit with 143; what is done here halts it with a status of its own. */
    private static void onExit(Stopping stopping) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                stopping.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    @FunctionalInterface
    private interface Stopping {
        void run() throws InterruptedException;
    }
}
