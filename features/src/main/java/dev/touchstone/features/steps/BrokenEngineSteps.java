package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.HealthTruth;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.Connections;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.launch.EngineBreak;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.time.Instant;

/** A worker whose engine fails for good. Public because Cucumber makes it. */
public final class BrokenEngineSteps {
    private static final int FEW_TOKENS = 4;
    private static final int STARTED_AND_A_TOKEN = 2;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    /** How long health is watched after it said, or had to say, that it is unhealthy. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(2);
    /** Who has no answer by then hangs. */
    private static final Duration HANGS = Duration.ofSeconds(30);

    private final World world;
    private final Asking asking;

    public BrokenEngineSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the engine of a worker that the client has to itself fails for good in the middle of a job, continuing:")
    public void fails(String prompt) throws InterruptedException {
        world.act(() -> {
            asking.demandHealthPath();
            EngineBreak.obstacle(world.target().port(), world.launcher().engineBreaker())
                    .ifPresent(obstacle -> {
                        throw world.unsupported(obstacle.why());
                    });
            try (LaunchedWorker worker = world.launcher().start()) {
                Target target = world.target().movedTo(worker.url());
                observe(worker, world.openClient(target, Connections.FRESH), prompt);
            } catch (LaunchFailure e) {
                throw world.inconclusive("a second worker could not be started: " + e.getMessage());
            }
            // What was sent to the broken one must not be taken for the silence of the worker that goes on.
            asking.health();
        });
    }

    private void observe(LaunchedWorker worker, WorkerClient client, String prompt) throws InterruptedException {
        var request = GenerationRequest.greedy(world.newJobId(), prompt, asking.longest());
        try (StreamingCall running = client.open(world.wire().call("the running job", request))) {
            running.awaitEvents(STARTED_AND_A_TOKEN, patience());
            switch (EngineBreak.attempt(worker, world.launcher().engineBreaker())) {
                case EngineBreak.Done done -> world.remember("how", done.how());
                case EngineBreak.Impossible impossible -> throw world.unsupported(impossible.why());
                case EngineBreak.Failed failed -> throw world.inconclusive(failed.why());
            }
            Instant broken = Instant.now();
            world.remember("broken", broken.toString());
            watch(worker, client, broken);
            world.remember("running", running.awaitEnd(patience()));
            var later = GenerationRequest.greedy(world.newJobId(), prompt, FEW_TOKENS);
            world.remember("later", client.send(world.wire().call("a later job", later), patience()));
            world.remember("exited", !worker.alive());
        }
    }

    private Duration patience() {
        Duration request = asking.budgets().request();
        return request.compareTo(HANGS) < 0 ? request : HANGS;
    }

    private void watch(LaunchedWorker worker, WorkerClient client, Instant broken) throws InterruptedException {
        Instant until = broken.plus(asking.budgets().unhealthy()).plus(AFTERWARDS);
        boolean told = false;
        Call health = Call.get("health", world.target().healthPath().orElseThrow());
        while (worker.alive() && Instant.now().isBefore(until)) {
            Exchange answer = client.send(health, asking.budgets().head().multipliedBy(2));
            world.add("health", answer);
            if (answer.head().isPresent() && answer.status() != 200 && !told) {
                told = true;
                until = Instant.now().plus(AFTERWARDS);
            }
            worker.awaitExit(BETWEEN_LOOKS);
        }
    }

    @Then("health never says again that the worker is healthy, and no job hangs")
    public void truth() {
        world.record(HealthTruth.judge(
                new HealthTruth.Failure(
                        world.recall("how", String.class),
                        Instant.parse(world.recall("broken", String.class)),
                        world.recallAll("health", Exchange.class),
                        Generation.of(world.recall("running", Exchange.class)),
                        Generation.of(world.recall("later", Exchange.class)),
                        world.recall("exited", Boolean.class)),
                asking.budgets().unhealthy()));
    }
}
