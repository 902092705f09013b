package dev.touchstone.features.steps;

import dev.touchstone.harness.check.AfterLongRequests;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.NativeWire;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a short request meets after long ones. Public because Cucumber makes it. */
public final class AftermathSteps {
    private static final int TOKENS = 16;
    private static final int PLAIN = 2;
    private static final int STARTED_AND_A_TOKEN = 2;
    /** Into the prefill, but not to its end where that takes long enough to matter. */
    private static final Duration A_MOMENT = Duration.ofMillis(30);

    private static final String SENTENCE = " The road to the north was long and the rain went on.";

    private final World world;
    private final Asking asking;

    public AftermathSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When(
            "the client has {int} prompts over the context refused, gives up {int} others in their prefill, and continues after each kind:")
    public void afterLongOnes(int refused, int givenUp, String prompt) throws InterruptedException {
        world.act(() -> {
            for (int n = 0; n < PLAIN; n++) {
                asking.greedy(prompt, TOKENS);
            }
            // A sentence is more than 8 tokens in any vocabulary, and no tokenizer makes it one.
            String tooLong = SENTENCE.repeat(asking.contextLength() / 4);
            for (int n = 0; n < refused; n++) {
                var request = GenerationRequest.greedy(world.newJobId(), tooLong, TOKENS);
                asking.send(world.wire().call("a prompt over the context", request));
            }
            if (!after("after %d refused prompts".formatted(refused), prompt)) {
                // That tells enough; what comes next would only fail too.
                return;
            }
            String filling =
                    new LongPrompts(world, asking).leaving("", 2 * TOKENS).prompt();
            for (int n = 0; n < givenUp; n++) {
                try (StreamingCall call = asking.open(request(n, filling))) {
                    intoThePrefill(call);
                }
            }
            boolean served = after("after %d long prompts whose clients hung up".formatted(givenUp), prompt);
            if (served && world.wire() instanceof NativeWire) {
                cancelled(givenUp, filling);
                after("after %d long prompts that were cancelled".formatted(givenUp), prompt);
            }
        });
    }

    private void intoThePrefill(StreamingCall call) throws InterruptedException {
        if (call.awaitHead(asking.budgets().head())) {
            call.awaitEvents(STARTED_AND_A_TOKEN, A_MOMENT);
        }
    }

    private void cancelled(int times, String filling) throws InterruptedException {
        for (int n = 0; n < times; n++) {
            GenerationRequest request = request(times + n, filling);
            try (StreamingCall call = asking.open(request)) {
                intoThePrefill(call);
                asking.send(Call.postJson("cancel", "/cancel", "{\"job_id\":\"" + request.jobId() + "\"}"));
                call.awaitEnd(asking.budgets().cancelHard());
            }
        }
    }

    /** Another beginning each time, so that no cache of a prefix makes the prefill short. */
    private GenerationRequest request(int n, String filling) {
        return GenerationRequest.greedy(world.newJobId(), n + ":" + filling, TOKENS);
    }

    /** Returns whether the short request was served. */
    private boolean after(String what, String prompt) throws InterruptedException {
        world.add("after", what);
        Generation seen = asking.greedy(prompt, TOKENS);
        world.add("short", seen.exchange());
        return seen.ended();
    }

    @Then("the short request gives its usual text each time")
    public void usual() {
        List<String> what = world.recallAll("after", String.class);
        List<AfterLongRequests.After> after = new ArrayList<>();
        for (Exchange exchange : world.recallAll("short", Exchange.class)) {
            after.add(new AfterLongRequests.After(what.get(after.size()), Generation.of(exchange)));
        }
        world.record(AfterLongRequests.judge(asking.generations().subList(0, PLAIN), after));
    }
}
