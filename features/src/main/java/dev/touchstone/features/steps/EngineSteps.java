package dev.touchstone.features.steps;

import dev.touchstone.harness.check.CancelOutcome;
import dev.touchstone.harness.check.ContextLimit;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Filling the context, and cancelling. Public because Cucumber makes it. */
public final class EngineSteps {
    /** started and a few tokens, so that the job is surely decoding; more each time, so that no two ends look alike. */
    private static final int EVENTS_BEFORE_CANCEL = 4;

    private final World world;
    private final Asking asking;

    public EngineSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the client fills the context with a prompt and {int} tokens to generate")
    public void fill(int tokens) throws InterruptedException {
        world.act(() -> {
            int context = asking.contextLength();
            String prompt = prompt(context - tokens);
            world.remember("context", context);
            world.remember("prompt", prompt);
            world.remember("prompt tokens", context - tokens);
            world.remember("tokens", tokens);
            asking.greedy(prompt, tokens);
        });
    }

    @When("the client asks for one token more with the same prompt")
    public void oneMore() throws InterruptedException {
        world.act(() -> {
            refused(world.recall("prompt", String.class), world.recall("tokens", Integer.class) + 1);
        });
    }

    @When("the client asks for {int} token with a prompt of the whole context")
    public void wholeContext(int tokens) throws InterruptedException {
        world.act(() -> {
            int context = world.recall("context", Integer.class);
            String prompt = prompt(context);
            world.remember("prompt tokens", context);
            refused(prompt, tokens);
        });
    }

    @Then("the worker serves it")
    public void served() {
        world.record(ContextLimit.served(asking.latest(), world.recall("context", Integer.class)));
    }

    @Then("the worker refuses it before any event and tells the three numbers")
    public void refused() {
        world.record(ContextLimit.refused(
                world.recall("refused", Exchange.class),
                world.recall("prompt tokens", Integer.class),
                world.recall("tokens", Integer.class),
                world.recall("context", Integer.class)));
    }

    @When("the client cancels {int} running generations, each continuing:")
    public void cancel(int times, String prompt) throws InterruptedException {
        world.act(() -> {
            int longest = asking.longest();
            for (int n = 0; n < times; n++) {
                var request = GenerationRequest.greedy(world.newJobId(), prompt, longest);
                try (StreamingCall call = asking.open(request)) {
                    call.awaitEvents(
                            EVENTS_BEFORE_CANCEL * (n + 1), asking.budgets().request());
                    Exchange cancel =
                            asking.send(Call.postJson("cancel", "/cancel", "{\"job_id\":\"" + request.jobId() + "\"}"));
                    Generation generation =
                            asking.keep(call.awaitEnd(asking.budgets().cancelHard()));
                    world.add("cancelled", generation.exchange());
                    world.add("cancels", cancel);
                }
            }
        });
    }

    @Then("each cancelled stream ends with CANCELLED in time")
    public void cancelledInTime() {
        List<Exchange> generations = world.recallAll("cancelled", Exchange.class);
        List<Exchange> cancels = world.recallAll("cancels", Exchange.class);
        List<CancelOutcome.Cancelled> cancelled = new ArrayList<>();
        for (int n = 0; n < cancels.size(); n++) {
            cancelled.add(new CancelOutcome.Cancelled(Generation.of(generations.get(n)), cancels.get(n)));
        }
        world.record(CancelOutcome.judge(
                cancelled, asking.budgets().cancel(), asking.budgets().cancelHard()));
    }

    private void refused(String prompt, int tokens) throws InterruptedException {
        var request = GenerationRequest.greedy(world.newJobId(), prompt, tokens);
        world.remember("tokens", tokens);
        world.remember("refused", asking.send(world.wire().call("generate", request)));
    }

    private String prompt(int tokens) throws InterruptedException {
        Optional<String> prompt = world.sizer().prompt(tokens);
        if (prompt.isEmpty()) {
            world.record(new Verdict.Inconclusive(
                    "CX-01", "no prompt of exactly %d tokens could be found by the worker's counts".formatted(tokens)));
        }
        return prompt.orElseThrow(() -> new KitFailure("No prompt of %d tokens was found.".formatted(tokens)));
    }
}
