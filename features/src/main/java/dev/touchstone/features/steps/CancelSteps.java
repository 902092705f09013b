package dev.touchstone.features.steps;

import dev.touchstone.harness.check.CancelIsolation;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.QueuedCancel;
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

/** Cancels beside other jobs, and of jobs that wait. Public because Cucumber makes it. */
public final class CancelSteps {
    private static final Duration LONG_ENOUGH = Duration.ofMillis(1500);
    private static final int MOST_TOKENS = 256;
    /** A worker that runs even more at once has no queue that this could fill. */
    private static final int MOST_AT_ONCE = 32;

    private static final int FEW_TOKENS = 8;
    private static final int STARTED_AND_A_TOKEN = 2;
    private static final Duration SETTLE = Duration.ofMillis(50);

    private final World world;
    private final Asking asking;

    public CancelSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the client cancels finished, unknown and no ids beside a running job, continuing:")
    public void besideARunningJob(String prompt) throws InterruptedException {
        world.act(() -> {
            demandCancel();
            int tokens =
                    Pace.measure(world, asking, prompt).tokensIn(LONG_ENOUGH, Math.min(MOST_TOKENS, asking.longest()));
            var finished = GenerationRequest.greedy(world.newJobId(), prompt, tokens);
            world.add("baselines", asking.generate(finished).exchange());
            world.add("baselines", asking.greedy(prompt, tokens).exchange());
            var beside = GenerationRequest.greedy(world.newJobId(), prompt, tokens);
            var next = GenerationRequest.greedy(world.newJobId(), prompt, tokens);
            try (StreamingCall running = asking.open(beside)) {
                running.awaitEvents(STARTED_AND_A_TOKEN, asking.budgets().request());
                try (StreamingCall queued = asking.open(next)) {
                    for (String what : List.of("a finished id", "the same finished id again")) {
                        world.add("cancels", cancel(what, finished.jobId()));
                    }
                    String unknown = world.newJobId();
                    world.add("cancels", cancel("an unknown id", unknown));
                    world.add("cancels", cancel("the same unknown id again", unknown));
                    world.remember("nameless", asking.send(Call.postJson("cancel without an id", "/cancel", "{}")));
                    world.add("others", end(running).exchange());
                    world.add("others", end(queued).exchange());
                }
            }
            world.add("cancels", cancel("an id that finished after it was sent", beside.jobId()));
        });
    }

    @Then("each is answered as it should be, and no other job is touched")
    public void untouched() {
        world.record(CancelIsolation.judge(
                generations("baselines"),
                generations("others"),
                world.recallAll("cancels", Exchange.class),
                world.recall("nameless", Exchange.class)));
    }

    @When("the client cancels two jobs that wait behind a running one, continuing:")
    public void queued(String prompt) throws InterruptedException {
        world.act(() -> {
            demandCancel();
            Pace pace = Pace.measure(world, asking, prompt);
            List<GenerationRequest> requests = new ArrayList<>();
            List<StreamingCall> calls = new ArrayList<>();
            while (calls.isEmpty() || gaveAToken(calls.getLast(), pace)) {
                if (calls.size() == MOST_AT_ONCE) {
                    throw world.unsupported(
                            "the worker runs %d jobs at once, so that none had to wait".formatted(MOST_AT_ONCE));
                }
                requests.add(GenerationRequest.greedy(world.newJobId(), prompt, asking.longest()));
                calls.add(world.closing(asking.open(requests.getLast())));
            }
            if (calls.size() == 1) {
                throw world.inconclusive("no job gave a token in time");
            }
            requests.add(GenerationRequest.greedy(world.newJobId(), prompt, asking.longest()));
            calls.add(world.closing(asking.open(requests.getLast())));
            StreamingCall behind =
                    world.closing(asking.open(GenerationRequest.greedy(world.newJobId(), prompt, FEW_TOKENS)));
            behind.awaitHead(SETTLE);
            int running = calls.size() - 2;
            for (GenerationRequest request : requests.subList(running, requests.size())) {
                world.add("cancels", cancel("a queued job", request.jobId()));
            }
            for (StreamingCall call : calls.subList(running, calls.size())) {
                world.add("queued", end(call).exchange());
            }
            for (GenerationRequest request : requests.subList(0, running)) {
                cancel("the running job", request.jobId());
            }
            for (StreamingCall call : calls.subList(0, running)) {
                world.add("running", end(call).exchange());
            }
            world.remember("behind", end(behind).exchange());
        });
    }

    @Then("neither gives a token, and the job behind them runs")
    public void neverRan() {
        world.record(QueuedCancel.judge(
                generations("running"),
                generations("queued"),
                world.recallAll("cancels", Exchange.class),
                Generation.of(world.recall("behind", Exchange.class))));
    }

    /** Waits three times as long as a job that runs would need for its first token. */
    private boolean gaveAToken(StreamingCall call, Pace pace) throws InterruptedException {
        return call.awaitEvents(
                STARTED_AND_A_TOKEN, pace.first().multipliedBy(3).plus(SETTLE));
    }

    private Generation end(StreamingCall call) throws InterruptedException {
        return asking.keep(call.awaitEnd(asking.budgets().request()));
    }

    private Exchange cancel(String what, String jobId) throws InterruptedException {
        return asking.send(Call.postJson(what, "/cancel", "{\"job_id\":\"" + jobId + "\"}"));
    }

    private void demandCancel() {
        if (!(world.wire() instanceof NativeWire)) {
            throw world.unsupported("the OpenAI dialect has no /cancel");
        }
    }

    private List<Generation> generations(String name) {
        return world.recallAll(name, Exchange.class).stream()
                .map(Generation::of)
                .toList();
    }
}
