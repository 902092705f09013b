package dev.touchstone.features.steps;

import dev.touchstone.harness.check.CleanStop;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.KillAndRestart;
import dev.touchstone.harness.client.Connections;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.evidence.HostProbe;
import dev.touchstone.harness.evidence.LocalHostProbe;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Stopping and killing processes of the worker. Public because Cucumber makes it. */
public final class StartStopSteps {
    private static final int EVENTS_OF_A_RUNNING_JOB = 4;
    private static final int SHORT = 2;
    private static final int SOON_OVER = 512;
    private static final int MOST_LATER = 40;
    private static final Duration BETWEEN_LATER = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int REPEATED = 24;

    private final World world;
    private final Asking asking;

    public StartStopSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("SIGTERM comes to a worker while it streams a long text, continuing:")
    public void whileStreaming(String prompt) throws InterruptedException {
        world.act(() -> stop("while a long text streams", 1, prompt, asking.longest()));
    }

    /** The text may end while the worker waits for it. */
    @When("SIGTERM comes to a worker while it streams a short text, continuing:")
    public void whileStreamingBriefly(String prompt) throws InterruptedException {
        world.act(() -> stop("while a short text streams", 1, prompt, Math.min(SOON_OVER, asking.longest())));
    }

    @When("SIGTERM comes to a worker that has {int} more jobs beside the one that continues:")
    public void withQueue(int more, String prompt) throws InterruptedException {
        world.act(() -> stop("with jobs in the queue", 1 + more, prompt, asking.longest()));
    }

    @When("SIGTERM comes to an idle worker")
    public void whileIdle() throws InterruptedException {
        world.act(() -> stop("while idle", 0, "", SHORT));
    }

    @Then("each refused new requests, ended its streams and exited with status 0 in time")
    public void stoppedCleanly() {
        List<CleanStop.Stop> stops = new ArrayList<>();
        List<String> when = world.recallAll("stop when", String.class);
        List<Exchange> accepted = world.recallAll("stop accepted", Exchange.class);
        List<Exchange> later = world.recallAll("stop later", Exchange.class);
        int a = 0;
        int l = 0;
        for (int n = 0; n < when.size(); n++) {
            int streams = world.recallAll("stop streams", Integer.class).get(n);
            int requests = world.recallAll("stop requests", Integer.class).get(n);
            int status = world.recallAll("stop status", Integer.class).get(n);
            long vram = world.recallAll("stop vram", Long.class).get(n);
            stops.add(new CleanStop.Stop(
                    when.get(n),
                    Instant.parse(
                            world.recallAll("stop signalled", String.class).get(n)),
                    accepted.subList(a, a + streams).stream()
                            .map(Generation::of)
                            .toList(),
                    later.subList(l, l + requests),
                    status < 0 ? OptionalInt.empty() : OptionalInt.of(status),
                    world.recallAll("stop nanos", Long.class).get(n),
                    vram < 0 ? OptionalLong.empty() : OptionalLong.of(vram)));
            a += streams;
            l += requests;
        }
        world.record(CleanStop.judge(stops, asking.budgets().exit()));
    }

    private void stop(String when, int jobs, String prompt, int tokens) throws InterruptedException {
        try (LaunchedWorker worker = aWorker();
                HostProbe probe = LocalHostProbe.open()) {
            WorkerClient client = client(worker);
            List<StreamingCall> running = new ArrayList<>();
            for (int n = 0; n < jobs; n++) {
                StreamingCall call = open(client, prompt, tokens);
                if (n == 0) {
                    call.awaitEvents(EVENTS_OF_A_RUNNING_JOB, asking.budgets().request());
                } else {
                    call.awaitHead(asking.budgets().head());
                }
                running.add(call);
            }
            Set<Long> pids = HostLook.pids(probe, worker.pid());
            Instant signalled = Instant.now();
            long from = System.nanoTime();
            worker.terminate();
            List<StreamingCall> later = new ArrayList<>();
            Optional<Integer> status = askUntilExit(worker, client, prompt, later, from);
            long nanos = System.nanoTime() - from;
            worker.kill();
            world.add("stop vram", HostLook.vram(probe, pids).orElse(-1));
            keepStop(when, signalled, running, later, status, nanos);
        }
    }

    private Optional<Integer> askUntilExit(
            LaunchedWorker worker, WorkerClient client, String prompt, List<StreamingCall> later, long from)
            throws InterruptedException {
        long limit = asking.budgets().exit().plus(PATIENCE).toNanos();
        Optional<Integer> status = Optional.empty();
        while (status.isEmpty() && System.nanoTime() - from < limit) {
            if (later.size() < MOST_LATER) {
                later.add(open(client, prompt.isEmpty() ? "1 2 3" : prompt, SHORT));
            }
            status = worker.awaitExit(BETWEEN_LATER);
        }
        return status;
    }

    private void keepStop(
            String when,
            Instant signalled,
            List<StreamingCall> running,
            List<StreamingCall> later,
            Optional<Integer> status,
            long nanos)
            throws InterruptedException {
        int streams = 0;
        int requests = 0;
        for (StreamingCall call : running) {
            Exchange exchange = call.awaitEnd(asking.budgets().close());
            boolean accepted = exchange.status() == 200;
            streams += accepted ? 1 : 0;
            requests += accepted ? 0 : 1;
            world.add(accepted ? "stop accepted" : "stop later", exchange);
        }
        for (StreamingCall call : later) {
            world.add("stop later", call.awaitEnd(asking.budgets().close()));
        }
        world.add("stop when", when);
        world.add("stop signalled", signalled.toString());
        world.add("stop streams", streams);
        world.add("stop requests", requests + later.size());
        world.add("stop status", status.orElse(-1));
        world.add("stop nanos", nanos);
    }

    @When(
            "a worker answers, is killed with kill -9 while it streams, is started again on its port and answers the same, continuing:")
    public void killed(String prompt) throws InterruptedException {
        world.act(() -> {
            try (LaunchedWorker worker = aWorker()) {
                WorkerClient client = client(worker);
                for (int n = 0; n < 2; n++) {
                    world.add("before", answer(client, prompt, REPEATED));
                }
                StreamingCall running = open(client, prompt, asking.longest());
                running.awaitEvents(EVENTS_OF_A_RUNNING_JOB, asking.budgets().request());
                try {
                    worker.killServerAndRestart();
                    world.add("after", answer(client(worker), prompt, REPEATED));
                } catch (LaunchFailure e) {
                    world.remember("restart failure", "" + e.getMessage());
                }
                running.abandon();
            }
        });
    }

    @Then("the restarted worker was healthy at once and answered as before")
    public void restarted() {
        world.record(KillAndRestart.judge(
                generations("before"), generations("after"), world.find("restart failure", String.class)));
    }

    private List<Generation> generations(String name) {
        return world.recallAll(name, Exchange.class).stream()
                .map(Generation::of)
                .toList();
    }

    private LaunchedWorker aWorker() throws InterruptedException {
        try {
            return world.launcher().start();
        } catch (LaunchFailure e) {
            throw world.inconclusive("a further process of the worker could not be started: " + e.getMessage());
        }
    }

    private WorkerClient client(LaunchedWorker worker) {
        return world.openClient(world.target().movedTo(worker.url()), Connections.FRESH);
    }

    private StreamingCall open(WorkerClient client, String prompt, int tokens) {
        return client.open(world.wire().call("generate", GenerationRequest.greedy(world.newJobId(), prompt, tokens)));
    }

    private Exchange answer(WorkerClient client, String prompt, int tokens) throws InterruptedException {
        try (StreamingCall call = open(client, prompt, tokens)) {
            return call.awaitEnd(asking.budgets().request());
        }
    }
}
