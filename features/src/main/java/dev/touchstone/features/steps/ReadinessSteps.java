package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.Readiness;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.Connections;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** From the start of a process to its first answer. Public because Cucumber makes it. */
public final class ReadinessSteps {
    private static final int OK = 200;
    private static final int MOST_STARTS = 3;
    private static final int LATER = 5;
    private static final int FURTHER_POLLS = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(15);
    private static final Duration LAST_PAUSE = Duration.ofMillis(250);
    /** The pause grows with what has passed, so that a long load does not fill the evidence. */
    private static final int PAUSES = 40;

    private final World world;
    private final Asking asking;

    public ReadinessSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    /** What is asked at the first healthy answer. */
    private record First(String prompt, int tokens) {}

    @When("a worker is started, its health polled, and at its first healthy answer {int} tokens asked to continue:")
    public void polled(int tokens, String prompt) throws InterruptedException {
        world.act(() -> {
            // a worker that waits for its load does so at every start
            for (int n = 0;
                    n < MOST_STARTS
                            && (n == 0
                                    || Readiness.onlyWaited(
                                            seen(), asking.budgets().firstAnswer()));
                    n++) {
                start(new First(prompt, tokens));
            }
        });
    }

    @Then("it was healthy in time")
    public void soon() {
        Duration budget = asking.budgets().startUpHealthy();
        Readiness.figure(seen(), budget).ifPresent(world::figure);
        world.record(Readiness.soon(seen(), budget));
    }

    @Then("it was never healthy before it could answer, and its first request did not wait")
    public void truly() {
        world.record(Readiness.truly(seen(), asking.budgets().firstAnswer()));
    }

    private Readiness.Start seen() {
        return new Readiness.Start(
                Instant.parse(world.recall("began", String.class)),
                world.recallAll("polls", Exchange.class),
                world.find("first", Exchange.class).map(Generation::of),
                world.recallAll("later", Exchange.class).stream()
                        .map(Generation::of)
                        .toList());
    }

    private void start(First first) throws InterruptedException {
        world.remember("began", Instant.now().toString());
        world.remember("polls", List.of());
        world.remember("later", List.of());
        try (LaunchedWorker worker = world.launcher().begin()) {
            WorkerClient client = world.openClient(world.target().movedTo(worker.url()), Connections.FRESH);
            if (healthy(worker, client)) {
                world.remember("first", answer(client, first));
                for (int n = 0; n < FURTHER_POLLS; n++) {
                    poll(client);
                }
                for (int n = 0; n < LATER; n++) {
                    world.add("later", answer(client, first));
                }
            }
        } catch (LaunchFailure e) {
            throw world.inconclusive("a further process of the worker could not be started: " + e.getMessage());
        }
    }

    private boolean healthy(LaunchedWorker worker, WorkerClient client) throws InterruptedException {
        long from = System.nanoTime();
        long limit = asking.budgets().startUp().toNanos();
        boolean exited = false;
        while (!exited && System.nanoTime() - from < limit) {
            if (poll(client).status() == OK) {
                return true;
            }
            long pause = Math.clamp((System.nanoTime() - from) / PAUSES, FIRST_PAUSE.toNanos(), LAST_PAUSE.toNanos());
            exited = worker.awaitExit(Duration.ofNanos(pause)).isPresent();
        }
        return false;
    }

    private Exchange poll(WorkerClient client) throws InterruptedException {
        String path = world.target().healthPath().orElse("/health");
        Exchange poll = client.send(Call.get("health", path), asking.budgets().connect());
        world.add("polls", poll);
        return poll;
    }

    private Exchange answer(WorkerClient client, First first) throws InterruptedException {
        var request = GenerationRequest.greedy(world.newJobId(), first.prompt(), first.tokens());
        try (StreamingCall call = client.open(world.wire().call("generate", request))) {
            return call.awaitEnd(asking.budgets().request());
        }
    }
}
