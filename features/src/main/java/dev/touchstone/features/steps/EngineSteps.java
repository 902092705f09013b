package dev.touchstone.features.steps;

import dev.touchstone.harness.check.CancelOutcome;
import dev.touchstone.harness.check.FailureEvent;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.util.ArrayList;
import java.util.List;

/** Cancelling. Public because Cucumber makes it. */
public final class EngineSteps {
    /** started and a few tokens, so that the job is surely decoding; more each time, so that no two ends look alike. */
    private static final int EVENTS_BEFORE_CANCEL = 4;

    private final World world;
    private final Asking asking;

    public EngineSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
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
                    if (cancel.head().isEmpty() || generation.isLeftOpen()) {
                        // What the first cancel did is judged: there may be nobody to ask again, and the kit's patience
                        // with several open streams would take a hung worker's place.
                        return;
                    }
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

    @Then("each that was cut short ends with one error event, and the body closes")
    public void oneErrorEvent() {
        world.record(FailureEvent.judge(world.recallAll("cancelled", Exchange.class).stream()
                .map(Generation::of)
                .toList()));
    }
}
