package dev.touchstone.features.teeth;

import dev.touchstone.harness.launch.CommandTemplate;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.launch.WorkerLauncher;
import dev.touchstone.harness.target.Budgets;
import java.util.HashMap;
import java.util.Map;

/** The real workers behind the proxies, one for each set of options, started when first needed. Not thread-safe. */
final class HonestWorkers implements AutoCloseable {

    private final Commands commands;
    private final Map<String, LaunchedWorker> running = new HashMap<>();

    HonestWorkers(Commands commands) {
        this.commands = commands;
    }

    /**
     * The port of a worker that runs, has these options, and is at rest.
     *
     * @throws LaunchFailure with one sentence
     */
    int port(String options) throws LaunchFailure, InterruptedException {
        LaunchedWorker known = running.get(options);
        if (known != null && known.alive() && Rest.await(known.url())) {
            return known.port();
        }
        if (known != null) {
            known.kill();
        }
        LaunchedWorker fresh = new WorkerLauncher(
                        new CommandTemplate(commands.honest(options)),
                        Budgets.defaults().startUp())
                .start();
        running.put(options, fresh);
        return fresh.port();
    }

    @Override
    public void close() {
        running.values().forEach(LaunchedWorker::close);
        running.clear();
    }
}
