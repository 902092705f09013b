package dev.touchstone.features.steps;

import dev.touchstone.harness.check.EarlyHead;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.KeepAlive;
import dev.touchstone.harness.check.MetricsEvent;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.Connections;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.util.Optional;

/** What a client hears while it waits, and connections that are kept. Public because Cucumber makes it. */
public final class WaitingSteps {
    private static final int LONG_GENERATION = 512;
    /** The head, and an event or two that only a running job sends. */
    private static final int EVENTS_OF_A_RUNNING_JOB = 3;

    /** Room for a short head before a prompt. */
    private static final int HEAD_TOKENS = 8;

    private final World world;
    private final Asking asking;

    public WaitingSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the client asks {int} times for {int} tokens after a prompt that fills the context")
    public void afterLongPrompts(int times, int tokens) throws InterruptedException {
        world.act(() -> {
            Optional<String> prompt = world.sizer().prompt(asking.contextLength() - tokens - HEAD_TOKENS);
            if (prompt.isEmpty()) {
                throw world.inconclusive("no prompt that fills the context could be found");
            }
            for (int n = 0; n < times; n++) {
                // Another head, so that no cache of a prefix makes the prefill short.
                asking.greedy(n + ":" + prompt.get(), tokens);
            }
        });
    }

    @Then("the head came at once and started before the first token")
    public void headBeforePrefill() {
        world.record(EarlyHead.prefill(asking.generations(), asking.budgets().head()));
    }

    @When("the client asks for a long generation and, while it runs, for {int} tokens, both continuing:")
    public void queued(int tokens, String prompt) throws InterruptedException {
        world.act(() -> {
            GenerationRequest request =
                    GenerationRequest.greedy(world.newJobId(), prompt, Math.min(LONG_GENERATION, asking.longest()));
            try (StreamingCall running = asking.open(request)) {
                running.awaitEvents(EVENTS_OF_A_RUNNING_JOB, asking.budgets().request());
                world.remember("queued", asking.greedy(prompt, tokens).exchange());
                world.remember("running", running.awaitEnd(asking.budgets().request()));
            }
        });
    }

    @Then("the head came at once, and started not before the job's turn")
    public void headWhileQueued() {
        world.record(EarlyHead.queued(
                Generation.of(world.recall("running", Exchange.class)),
                Generation.of(world.recall("queued", Exchange.class)),
                asking.budgets().head()));
    }

    @Then("metrics, if any, come between started and the end")
    public void metrics() {
        world.record(MetricsEvent.judge(asking.latest()));
    }

    @When(
            "the client sends on a kept connection, {int} times, a request for {int} tokens, one that is no JSON, and one for health, continuing:")
    public void kept(int times, int tokens, String prompt) throws InterruptedException {
        world.act(() -> {
            WorkerClient client = world.openClient(world.target(), Connections.KEPT_ALIVE);
            for (int n = 0; n < times; n++) {
                GenerationRequest request = GenerationRequest.greedy(world.newJobId(), prompt, tokens);
                Call generate = world.wire().call("generate", request);
                kept(client, generate);
                kept(client, Call.postJson(KeepAlive.NO_JSON, generate.path(), "tell me a story, in " + tokens));
                if (world.target().healthPath().isPresent()) {
                    kept(client, Call.get("health", world.target().healthPath().get()));
                }
            }
        });
    }

    private void kept(WorkerClient client, Call call) throws InterruptedException {
        world.add("kept", client.send(call, asking.budgets().request()));
    }

    @Then("each answer is whole, its own, and not compressed")
    public void own() {
        world.record(KeepAlive.judge(
                world.recallAll("kept", Exchange.class), asking.budgets().close()));
    }
}
