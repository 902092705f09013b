package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.JobIds;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.util.List;

/** Unknown fields, and ids that are used again. Public because Cucumber makes it. */
public final class JobIdSteps {
    private static final int PLAIN = 2;
    private static final int STARTED_AND_A_TOKEN = 2;
    private static final Duration LONG_ENOUGH = Duration.ofMillis(300);
    private static final int TRIES = 3;

    private final World world;
    private final Asking asking;

    public JobIdSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the client asks for {int} tokens, without and with each of these unknown members, to continue {string}:")
    public void unknown(int tokens, String prompt, String members) throws InterruptedException {
        world.act(() -> {
            for (int n = 0; n < PLAIN; n++) {
                asking.greedy(prompt, tokens);
            }
            for (String member : members.lines().toList()) {
                String json = GenerationRequest.greedy(world.newJobId(), prompt, tokens)
                        .json();
                asking.keep(asking.send(Call.postJson(
                        "an unknown member", "/execute", json.substring(0, json.length() - 1) + "," + member + "}")));
            }
        });
    }

    @Then("the unknown members change nothing")
    public void nothingChanged() {
        List<Generation> all = asking.generations();
        world.record(JobIds.unknownFields(all.subList(0, PLAIN), all.subList(PLAIN, all.size())));
    }

    @When("the client uses the id of a running job again, and once more after its end, continuing:")
    public void usedAgain(String prompt) throws InterruptedException {
        world.act(() -> {
            int tokens = Pace.measure(world, asking, prompt).tokensIn(LONG_ENOUGH, asking.longest());
            for (int n = 0; n < PLAIN; n++) {
                asking.greedy(prompt, tokens);
            }
            boolean told = false;
            for (int n = 0; n < TRIES && !told; n++) {
                told = useAgain(GenerationRequest.greedy(world.newJobId(), prompt, tokens));
            }
        });
    }

    /** Returns whether the first job still ran when the second was answered. */
    private boolean useAgain(GenerationRequest request) throws InterruptedException {
        try (StreamingCall running = asking.open(request)) {
            running.awaitEvents(STARTED_AND_A_TOKEN, asking.budgets().request());
            var duplicate = world.wire().call("the id of a running job", request.withMaxTokens(1));
            world.remember("duplicate", asking.send(duplicate));
            boolean ran = !Generation.of(running.soFar()).ended();
            Exchange first = running.awaitEnd(asking.budgets().request());
            world.remember("first", first);
            boolean over = Generation.of(first).ended();
            world.remember("later", over ? asking.send(world.wire().call("the id of a finished job", request)) : first);
            return ran;
        }
    }

    @Then("the running job keeps its id to itself, unharmed, until it has finished")
    public void keptToItself() {
        world.record(JobIds.duplicate(new JobIds.Uses(
                asking.generations(),
                Generation.of(world.recall("first", Exchange.class)),
                world.recall("duplicate", Exchange.class),
                Generation.of(world.recall("later", Exchange.class)))));
    }
}
