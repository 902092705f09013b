package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.JobIdSafety;
import dev.touchstone.harness.check.LogPrivacy;
import dev.touchstone.harness.check.MetricsTruth;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.Connections;
import dev.touchstone.harness.client.NativeWire;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Metrics and logs. Public because Cucumber makes it. */
public final class MetricsSteps {
    private static final String PROMPT = "1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2";
    private static final int TOKENS = 8;
    private static final int SERVED = 3;
    private static final int CANCELLED = 2;
    private static final int EVENTS_BEFORE_CANCEL = 3;
    private static final int TRIES = 20;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final World world;
    private final Asking asking;

    public MetricsSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the client reads the metrics of an idle worker")
    public void idle() throws InterruptedException {
        world.act(() -> {
            Exchange first = scrape();
            world.remember("idle", List.of(first, first));
            for (int n = 0; n < TRIES; n++) {
                Exchange before = scrape();
                LockSupport.parkNanos(PAUSE_NANOS);
                Exchange after = scrape();
                world.remember("idle", List.of(before, after));
                // What earlier scenarios left behind may still be counted for a while.
                if (MetricsTruth.still(before, after)) {
                    return;
                }
            }
        });
    }

    @Then("they are valid Prometheus text with every promised member")
    public void form() {
        world.record(MetricsTruth.form(world.recallAll("idle", Exchange.class).getFirst()));
    }

    @When("it has requests served and others cancelled, and reads them again after each")
    public void caused() throws InterruptedException {
        world.act(() -> {
            for (int n = 0; n < SERVED; n++) {
                world.add("served", asking.greedy(PROMPT, TOKENS).exchange());
            }
            world.remember("after served", settled(s -> held(Optional.of(s), Optional.empty())));
            if (world.wire() instanceof NativeWire) {
                for (int n = 0; n < CANCELLED; n++) {
                    world.add("cancelled", cancelled());
                }
                Optional<Exchange> served = world.find("after served", Exchange.class);
                world.remember("after cancelled", settled(s -> held(served, Optional.of(s))));
            }
        });
    }

    @Then("the counters moved by exactly that")
    public void moved() {
        world.record(
                moves(world.recall("after served", Exchange.class), world.find("after cancelled", Exchange.class)));
    }

    private boolean held(Optional<Exchange> served, Optional<Exchange> cancelled) {
        return moves(served.orElseThrow(), cancelled) instanceof Verdict.Held;
    }

    private Verdict moves(Exchange afterServed, Optional<Exchange> afterCancelled) {
        return MetricsTruth.moves(
                new MetricsTruth.Scrapes(world.recallAll("idle", Exchange.class), afterServed, afterCancelled),
                generations("served"),
                generations("cancelled"));
    }

    /** A worker may count a moment after it has answered. */
    private Exchange settled(Predicate<Exchange> asCaused) throws InterruptedException {
        long until = System.nanoTime() + asking.budgets().head().toNanos();
        Exchange scrape = scrape();
        while (!asCaused.test(scrape) && System.nanoTime() < until) {
            LockSupport.parkNanos(PAUSE_NANOS);
            scrape = scrape();
        }
        return scrape;
    }

    private Exchange scrape() throws InterruptedException {
        return asking.send(Call.get("metrics", "/metrics"));
    }

    private Exchange cancelled() throws InterruptedException {
        var request = GenerationRequest.greedy(world.newJobId(), PROMPT, asking.longest());
        try (StreamingCall call = asking.open(request)) {
            call.awaitEvents(EVENTS_BEFORE_CANCEL, asking.budgets().request());
            asking.send(Call.postJson("cancel", "/cancel", "{\"job_id\":\"" + request.jobId() + "\"}"));
            return asking.keep(call.awaitEnd(asking.budgets().cancelHard())).exchange();
        }
    }

    @When("a further worker serves, refuses and cancels jobs with secret prompts, and is sent malicious job ids")
    public void secretJobs() throws InterruptedException {
        world.act(() -> {
            try {
                LaunchedWorker worker = world.launcher().start();
                world.closing(worker::kill);
                try (WorkerClient client = world.openClient(world.target().movedTo(worker.url()), Connections.FRESH)) {
                    secretJobs(client, worker);
                }
            } catch (LaunchFailure e) {
                throw world.inconclusive("a further worker could not be started: " + e.getMessage());
            }
        });
    }

    private void secretJobs(WorkerClient client, LaunchedWorker worker) throws InterruptedException {
        List<String> canaries = new ArrayList<>();
        for (int n = 0; n < SERVED; n++) {
            String canary = "canary-" + world.newJobId().substring(1);
            canaries.add(canary);
            var request = GenerationRequest.greedy(world.newJobId(), (canary + " is here\n").repeat(3), 4 * TOKENS);
            asking.keep(client.send(
                    world.wire().call("a secret prompt", request),
                    asking.budgets().request()));
        }
        String refused = "canary-" + world.newJobId().substring(1);
        canaries.add(refused);
        String path = world.wire().path();
        for (String body : List.of(
                "{\"job_id\":\"r-1\",\"prompt\":\"" + refused + "\",\"max_tokens\":-1}",
                "{\"job_id\":\"r-2\",\"prompt\":[\"" + refused + "\"]}",
                "{\"prompt\":\"" + refused + "\"",
                "{\"job_id\":\"r-3\",\"prompt\":\"" + (refused + " ").repeat(20_000) + "\",\"max_tokens\":1}")) {
            client.send(
                    Call.postJson("a refused prompt", path, body),
                    asking.budgets().request());
        }
        if (world.wire() instanceof NativeWire) {
            for (Map.Entry<String, String> id : MaliciousIds.all().entrySet()) {
                client.send(
                        MaliciousIds.call(id.getKey(), id.getValue()),
                        asking.budgets().request());
            }
        }
        world.remember("canaries", canaries);
        world.remember("log", settledLog(worker));
    }

    /** The log as soon as it names the last job, or whatever it is a second later. */
    private String settledLog(LaunchedWorker worker) {
        long until = System.nanoTime() + asking.budgets().head().toNanos();
        while (!(LogPrivacy.judge(worker.log(), List.of(), asking.generations()) instanceof Verdict.Held)
                && System.nanoTime() < until) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return worker.log();
    }

    @Then("its log has the job ids and counts, but no prompt, no text and no line that an id began")
    public void log() {
        String log = world.recall("log", String.class);
        world.record(LogPrivacy.judge(log, world.recallAll("canaries", String.class), asking.generations()));
        if (world.wire() instanceof NativeWire) {
            world.record(JobIdSafety.log(log));
        }
    }

    private List<Generation> generations(String name) {
        return world.recallAll(name, Exchange.class).stream()
                .map(Generation::of)
                .toList();
    }
}
