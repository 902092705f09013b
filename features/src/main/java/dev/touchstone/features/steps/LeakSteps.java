package dev.touchstone.features.steps;

import dev.touchstone.harness.check.FlatHostMemory;
import dev.touchstone.harness.check.FlatVram;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.Dialect;
import dev.touchstone.harness.target.GenerationRequest;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.math.BigInteger;
import java.time.Duration;

/** Memory before and after many requests. Public because Cucumber makes it. */
public final class LeakSteps {
    private static final String PROMPT = "1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2";
    private static final int WARM_UP = 5;
    private static final int SHORT = 8;
    private static final int TINY = 3;
    private static final int KINDS = 5;
    private static final int EVENTS_BEFORE_CANCEL = 3;
    private static final int WARM_JOBS = 100;
    /** Jobs over which the lowest level is looked for, so that a garbage collector's saw-tooth is no growth. */
    private static final int WATCHED_JOBS = 20;

    private static final Duration MOST_TIME = Duration.ofMinutes(4);

    private final World world;
    private final Asking asking;

    public LeakSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    private HostLook host() {
        return new HostLook(world, asking);
    }

    @When("the worker's host is looked at before and after {int} requests with cancels and refusals among them")
    public void mixed(int requests) throws InterruptedException {
        world.act(() -> {
            host().demandResidency();
            host().demandGpu();
            host().pid();
            for (int n = 0; n < WARM_UP; n++) {
                mixedRequest(n);
            }
            host().once("warm");
            int cancels = 0;
            int refusals = 0;
            for (int n = 0; n < requests; n++) {
                mixedRequest(n);
                cancels += n % KINDS == 1 ? 1 : 0;
                refusals += n % KINDS == 2 ? 1 : 0;
            }
            world.remember("requests", requests);
            world.remember("cancels", cancels);
            world.remember("refusals", refusals);
            host().once("after");
        });
    }

    @Then("the memory of the GPU is what it was")
    public void flatVram() {
        world.record(FlatVram.judge(
                host().claim(),
                host().seen("warm"),
                host().seen("after"),
                new FlatVram.Mix(
                        world.recall("requests", Integer.class),
                        world.recall("cancels", Integer.class),
                        world.recall("refusals", Integer.class))));
    }

    /** A short one, a cancelled one, a refused one, a longer prompt, and a sampled one, in turn. */
    private void mixedRequest(int n) throws InterruptedException {
        String prompt = n + ": " + PROMPT;
        switch (n % KINDS) {
            case 1 -> cancelled(prompt);
            case 2 ->
                send(GenerationRequest.greedy(world.newJobId(), prompt, SHORT).withTemperature(9));
            case 3 -> send(GenerationRequest.greedy(world.newJobId(), (n + " " + PROMPT + "\n").repeat(4), SHORT));
            case 4 ->
                send(GenerationRequest.greedy(world.newJobId(), prompt, SHORT)
                        .withTemperature(1)
                        .withSeed(BigInteger.valueOf(n)));
            default -> send(GenerationRequest.greedy(world.newJobId(), prompt, SHORT));
        }
    }

    private void send(GenerationRequest request) throws InterruptedException {
        try (StreamingCall call = asking.open(request)) {
            call.awaitEnd(asking.budgets().request());
        }
    }

    private void cancelled(String prompt) throws InterruptedException {
        var request = GenerationRequest.greedy(world.newJobId(), prompt, asking.longest());
        try (StreamingCall call = asking.open(request)) {
            call.awaitEvents(EVENTS_BEFORE_CANCEL, asking.budgets().request());
            if (world.wire().dialect() == Dialect.NATIVE) {
                asking.send(Call.postJson("cancel", "/cancel", "{\"job_id\":\"" + request.jobId() + "\"}"));
                call.awaitEnd(asking.budgets().cancelHard());
            } else {
                call.abandon();
            }
        }
    }

    @When(
            "the worker's host is watched after the first 100 and after {int} short jobs with distinct prompts and options")
    public void manyJobs(int jobs) throws InterruptedException {
        world.act(() -> {
            host().pid();
            long from = System.nanoTime();
            for (int n = 0; n < WARM_JOBS; n++) {
                shortJob(n);
                affordable(n + 1, jobs, System.nanoTime() - from);
            }
            watched("first jobs", WARM_JOBS);
            for (int n = WARM_JOBS + WATCHED_JOBS; n < jobs; n++) {
                shortJob(n);
            }
            watched("last jobs", jobs);
            world.remember("jobs", jobs);
        });
    }

    private void affordable(int done, int jobs, long nanos) {
        if (done == WATCHED_JOBS && nanos / done * jobs > MOST_TIME.toNanos()) {
            throw world.inconclusive(
                    "%d jobs of this worker would take longer than %d s".formatted(jobs, MOST_TIME.toSeconds()));
        }
    }

    private void watched(String name, int from) throws InterruptedException {
        host().during(name, () -> {
            for (int n = from; n < from + WATCHED_JOBS; n++) {
                shortJob(n);
            }
        });
    }

    private void shortJob(int n) throws InterruptedException {
        var request = GenerationRequest.greedy(
                world.newJobId(), "Job %d: %s".formatted(n, PROMPT.substring(n % PROMPT.length())), 1 + n % TINY);
        send(
                switch (n % 3) {
                    case 1 -> request.withTemperature(0.5 + n % 10 / 10.0).withSeed(BigInteger.valueOf(n));
                    case 2 -> request.withTemperature(1).withTopP(0.5 + n % 50 / 100.0);
                    default -> request;
                });
    }

    @Then("the host's memory has not grown")
    public void flatHost() {
        int jobs = world.recall("jobs", Integer.class);
        world.record(FlatHostMemory.judge(
                new FlatHostMemory.Mark(WARM_JOBS + WATCHED_JOBS, host().seen("first jobs")),
                new FlatHostMemory.Mark(jobs + WATCHED_JOBS, host().seen("last jobs"))));
    }
}
