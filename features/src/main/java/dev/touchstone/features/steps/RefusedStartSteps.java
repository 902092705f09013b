package dev.touchstone.features.steps;

import dev.touchstone.harness.check.LoadLog;
import dev.touchstone.harness.check.StartRefusal;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.Connections;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.launch.ModelFiles;
import dev.touchstone.harness.launch.WorkerLauncher;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Starting the worker with something that it must refuse, or take. Public because Cucumber makes it. */
public final class RefusedStartSteps {
    /** Starts beside each other; each keeps about a core busy. */
    private static final int AT_ONCE = 2;

    private final World world;
    private final Asking asking;

    public RefusedStartSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    /** A bad start to try. */
    private record Bad(String what, String option, String value, String inner) {}

    @When("the worker is started with each of these options:")
    public void badOptions(List<List<String>> rows) throws InterruptedException {
        world.act(() -> {
            WorkerLauncher launcher = launcher();
            tryAll(
                    rows.stream()
                            .map(row -> new Bad("a bad " + row.getFirst(), row.getFirst(), row.getLast(), ""))
                            .toList(),
                    bad -> launcher.withOption(bad.option(), bad.value()).begin());
        });
    }

    @When("the worker is started with a model file that is:")
    public void badModels(List<String> flaws) throws InterruptedException {
        world.act(() -> {
            WorkerLauncher launcher = launcher();
            List<Bad> bads = new ArrayList<>();
            try (ModelFiles files = ModelFiles.create()) {
                for (String words : flaws) {
                    ModelFiles.Flaw flaw = Arrays.stream(ModelFiles.Flaw.values())
                            .filter(f -> f.words().equals(words))
                            .findFirst()
                            .orElseThrow(() -> new KitFailure("No model file is '" + words + "'."));
                    bads.add(new Bad(
                            "a model file: " + words,
                            "--model",
                            files.file(flaw).toString(),
                            flaw.inner()));
                }
                tryAll(
                        bads,
                        bad -> launcher.withOption(bad.option(), bad.value()).begin());
            } catch (IOException e) {
                throw new KitFailure("The model files could not be written: " + e.getMessage());
            }
        });
    }

    @When("the worker is started on a port that another process listens on")
    public void busyPort() throws InterruptedException {
        world.act(() -> {
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                int port = taken.getLocalPort();
                tryAll(
                        List.of(new Bad("a port that is taken", "--port", Integer.toString(port), "")),
                        _ -> world.launcher().beginOn(port));
            } catch (IOException e) {
                throw new KitFailure("No port could be listened on: " + e.getMessage());
            }
        });
    }

    @Then("each start ends with exit status 1 and a line that names the value and the mend")
    public void refused() {
        List<String> what = world.recallAll("start what", String.class);
        List<StartRefusal.Start> starts = new ArrayList<>();
        for (int n = 0; n < what.size(); n++) {
            int status = world.recallAll("start status", Integer.class).get(n);
            starts.add(new StartRefusal.Start(
                    what.get(n),
                    world.recallAll("start option", String.class).get(n),
                    world.recallAll("start value", String.class).get(n),
                    world.recallAll("start inner", String.class).get(n),
                    status < 0 ? OptionalInt.empty() : OptionalInt.of(status),
                    world.recallAll("start healthy", Boolean.class).get(n),
                    world.recallAll("start output", String.class).get(n)));
        }
        world.record(StartRefusal.judge(starts, asking.budgets().startRefusal()));
    }

    @When("the worker is started with a worker id of the client's choice")
    public void chosenId() throws InterruptedException {
        world.act(() -> {
            String id = UUID.randomUUID().toString();
            world.remember("worker id", id);
            try (LaunchedWorker worker =
                    launcher().withOption("--worker-id", id).start()) {
                var client = world.openClient(world.target().movedTo(worker.url()), Connections.FRESH);
                world.remember(
                        "health",
                        client.send(
                                Call.get("health", "/health"), asking.budgets().request()));
                worker.stop();
                world.remember("log", worker.log());
            } catch (LaunchFailure e) {
                world.remember("start failure", "" + e.getMessage());
            }
        });
    }

    @Then("its log tells the progress of the load")
    public void progress() {
        world.find("start failure", String.class).ifPresent(why -> world.record(LoadLog.refused(why)));
        world.record(LoadLog.progress(world.recall("log", String.class)));
    }

    @Then("its health tells that worker id")
    public void workerId() {
        world.record(LoadLog.workerId(world.recall("worker id", String.class), world.recall("health", Exchange.class)));
    }

    private WorkerLauncher launcher() {
        WorkerLauncher launcher = world.launcher();
        if (launcher.template().isShellText()) {
            throw world.inconclusive(
                    "the worker command runs through a shell's -c, so that no option can be added to it;"
                            + " name the worker itself");
        }
        return launcher;
    }

    @FunctionalInterface
    private interface Beginning {
        LaunchedWorker of(Bad bad) throws LaunchFailure;
    }

    private void tryAll(List<Bad> bads, Beginning beginning) throws InterruptedException {
        Duration limit = asking.budgets().startRefusal();
        try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Callable<StartRefusal.Start>> tries = bads.stream()
                    .<Callable<StartRefusal.Start>>map(bad -> () -> tried(bad, beginning, limit))
                    .toList();
            for (Future<StartRefusal.Start> start : pool.invokeAll(tries)) {
                keep(start.get());
            }
        } catch (ExecutionException e) {
            throw new KitFailure("A start could not be tried: " + e.getCause());
        }
    }

    private static StartRefusal.Start tried(Bad bad, Beginning beginning, Duration limit)
            throws LaunchFailure, InterruptedException {
        try (LaunchedWorker worker = beginning.of(bad)) {
            boolean healthy = worker.settle(limit);
            Optional<Integer> status = worker.awaitExit(Duration.ZERO);
            worker.kill();
            return new StartRefusal.Start(
                    bad.what(),
                    bad.option(),
                    bad.value(),
                    bad.inner(),
                    status.map(OptionalInt::of).orElse(OptionalInt.empty()),
                    healthy,
                    worker.log());
        }
    }

    private void keep(StartRefusal.Start start) {
        world.add("start what", start.what());
        world.add("start option", start.option());
        world.add("start value", start.value());
        world.add("start inner", start.inner());
        world.add("start status", start.exitStatus().orElse(-1));
        world.add("start healthy", start.healthy());
        world.add("start output", start.output());
    }
}
