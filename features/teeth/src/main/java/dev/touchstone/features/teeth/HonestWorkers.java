package dev.touchstone.features.teeth;

import dev.touchstone.harness.launch.CommandTemplate;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.launch.WorkerLauncher;
import dev.touchstone.harness.target.Budgets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The real workers behind the proxies, some for each set of options, started when first needed. Not thread-safe. */
final class HonestWorkers implements AutoCloseable {

    private final Commands commands;
    private final Map<Which, LaunchedWorker> running = new HashMap<>();

    /** One of several with the same options. */
    private record Which(String options, int number) {}

    HonestWorkers(Commands commands) {
        this.commands = commands;
    }

    /**
     * The ports of so many workers that run, have these options, and are at rest.
     *
     * @throws LaunchFailure with one sentence
     */
    List<Integer> ports(String options, int number) throws LaunchFailure, InterruptedException {
        List<Integer> ports = new ArrayList<>();
        for (int n = 1; n <= number; n++) {
            ports.add(port(new Which(options, n)));
        }
        return ports;
    }

    private int port(Which which) throws LaunchFailure, InterruptedException {
        LaunchedWorker known = running.get(which);
        if (known != null && known.alive() && Rest.await(known.url())) {
            return known.port();
        }
        if (known != null) {
            known.kill();
        }
        LaunchedWorker fresh = new WorkerLauncher(
                        new CommandTemplate(commands.honest(which.options())),
                        Budgets.defaults().startUp())
                .start();
        running.put(which, fresh);
        return fresh.port();
    }

    @Override
    public void close() {
        running.values().forEach(LaunchedWorker::close);
        running.clear();
    }
}
