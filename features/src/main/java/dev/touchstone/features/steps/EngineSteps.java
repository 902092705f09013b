package dev.touchstone.features.steps;

import dev.touchstone.harness.check.CancelOutcome;
import dev.touchstone.harness.check.ContextLimit;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.LatencyRecord;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Filling the context, cancelling, and measuring. Public because Cucumber makes it. */
public final class EngineSteps {
    private static final int WARM_UP = 2;
    /** started and a few tokens, so that the job is surely decoding; more each time, so that no two ends look alike. */
    private static final int EVENTS_BEFORE_CANCEL = 4;

    private static final int MEASURED = 20;

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

    @When("the client measures {int} requests of {int} tokens that continue:")
    public void measure(int requests, int tokens, String prompt) throws InterruptedException {
        world.act(() -> {
            for (int n = 0; n < WARM_UP + requests; n++) {
                asking.greedy(prompt, tokens);
            }
        });
    }

    @Then("the time to first token keeps its budget")
    public void firstToken() {
        LatencyRecord record = measured();
        report("PF-01", record, record.firstTokenFigures(asking.budgets().ttftP95()));
    }

    @Then("the inter-token latency keeps its budget")
    public void interToken() {
        LatencyRecord record = measured();
        report("PF-02", record, record.interTokenFigures(asking.budgets().itlP95()));
    }

    private LatencyRecord measured() {
        List<Generation> all = asking.generations();
        return new LatencyRecord(all.subList(Math.min(WARM_UP, all.size()), all.size()));
    }

    private void report(String rule, LatencyRecord record, List<Figure> figures) {
        figures.forEach(world::figure);
        world.record(record.judge(rule, figures, MEASURED));
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
