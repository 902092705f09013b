package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.HealthActivity;
import dev.touchstone.harness.check.HealthDuring;
import dev.touchstone.harness.check.HealthForm;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Health, at rest and while the engine works. Public because Cucumber makes it. */
public final class HealthSteps {
    private static final int LEAST_CALLS = 50;
    /** A kit that the machine gives no time sees gaps that are not there, but hardly in each of three. */
    private static final int CALM_ENOUGH = 3;

    private static final int LONG_GENERATION = 512;
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);
    private static final int TOKENS_AFTER_PREFILL = 4;
    private static final int AFTER_MILLIS = 40;
    /** Between two looks at a worker that should be idle. */
    private static final int AT_REST_MILLIS = 16;

    private static final String CALLS = "health calls";

    private final World world;
    private final Asking asking;

    public HealthSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the client asks for health")
    public void health() throws InterruptedException {
        world.act(() -> {
            world.remember("health", asking.health());
        });
    }

    @Then("health has every member, each of its type")
    public void form() {
        world.record(HealthForm.judge(world.recall("health", Exchange.class)));
    }

    @When("the client asks for long generations and for health at least {int} times meanwhile, continuing:")
    public void during(int times, String prompt) throws InterruptedException {
        world.act(() -> {
            asking.demandHealthPath();
            int tokens = Pace.measure(world, asking, prompt)
                    .tokensIn(LONG_ENOUGH, Math.min(LONG_GENERATION, asking.longest()));
            List<Exchange> calls = new ArrayList<>();
            HealthRounds rounds = HealthRounds.none();
            long from = System.nanoTime();
            while (rounds.room() && (calls.size() < times || (rounds.generations() < CALM_ENOUGH && !calm()))) {
                List<Exchange> all = new CopyOnWriteArrayList<>();
                Generation generation = polling().during(prompt, tokens, all);
                calls.addAll(HealthDuring.whileStreaming(generation, all));
                world.remember(CALLS, calls);
                rounds = rounds.then(calls.size(), Duration.ofNanos(System.nanoTime() - from));
            }
        });
    }

    @Then("health answered in time and the stream did not stall")
    public void inTime() {
        world.record(decode());
    }

    private HealthPolling polling() {
        return new HealthPolling(world, asking);
    }

    private boolean calm() {
        return decode() instanceof Verdict.Held;
    }

    private Verdict decode() {
        return HealthDuring.decode(
                asking.generations(),
                world.recallAll(CALLS, Exchange.class),
                LEAST_CALLS,
                asking.budgets().healthP99(),
                asking.budgets().gapFactor(),
                asking.budgets().gapFloor());
    }

    @When("{int} clients wait for long generations and the client asks for health {int} times, continuing:")
    public void crowd(int clients, int times, String prompt) throws InterruptedException {
        world.act(() -> {
            asking.demandHealthPath();
            List<StreamingCall> open = new ArrayList<>();
            try {
                for (int n = 0; n < clients; n++) {
                    open.add(asking.open(GenerationRequest.greedy(
                            world.newJobId(), prompt, Math.min(LONG_GENERATION, asking.longest()))));
                }
                for (int n = 0; n < times; n++) {
                    world.add(CALLS, asking.health());
                }
            } finally {
                open.forEach(StreamingCall::close);
            }
        });
    }

    @Then("health answered in spite of the crowd")
    public void inSpiteOfTheCrowd() {
        world.record(HealthDuring.crowd(
                world.recallAll(CALLS, Exchange.class), asking.budgets().healthP99()));
    }

    @When("the client watches health during up to {int} generations of about {int} ms and after each, continuing:")
    public void watched(int times, int millis, String prompt) throws InterruptedException {
        world.act(() -> {
            asking.demandHealthPath();
            int tokens = Pace.measure(world, asking, prompt).tokensIn(Duration.ofMillis(millis), asking.longest());
            // One that shows it is enough; a busy kit may see one late, but hardly each.
            for (int n = 0; n < times && (n == 0 || !(activity() instanceof Verdict.Held)); n++) {
                List<Exchange> calls = new CopyOnWriteArrayList<>();
                Generation generation = polling().during(prompt, tokens, calls);
                // The last look must begin after the time that health may take to show the end.
                Instant due = generation
                        .exchange()
                        .request()
                        .sentAt()
                        .plusNanos(generation.durationNanos())
                        .plus(asking.budgets().atRest());
                HealthPoll poll = HealthPoll.start(asking, calls, AT_REST_MILLIS);
                poll.runUntil(due.plusMillis(AFTER_MILLIS));
                world.add("watched", generation.exchange());
                world.remember("watching " + n, List.copyOf(calls));
            }
        });
    }

    @Then("health showed each generation, and none after it")
    public void shown() {
        world.record(activity());
    }

    private Verdict activity() {
        List<HealthActivity.Watched> all = new ArrayList<>();
        for (Exchange exchange : world.recallAll("watched", Exchange.class)) {
            all.add(new HealthActivity.Watched(
                    Generation.of(exchange), world.recallAll("watching " + all.size(), Exchange.class)));
        }
        return HealthActivity.judge(all, asking.budgets().atRest());
    }

    @When("the client fills the context with a prompt and asks for health meanwhile")
    public void duringPrefill() throws InterruptedException {
        world.act(() -> {
            asking.demandHealthPath();
            String prompt = new LongPrompts(world, asking)
                    .leaving("", TOKENS_AFTER_PREFILL)
                    .prompt();
            List<Exchange> calls = new CopyOnWriteArrayList<>();
            polling().duringPrefill(prompt, TOKENS_AFTER_PREFILL, calls);
            world.remember(CALLS, calls);
        });
    }

    @Then("health answered during the prefill")
    public void answeredDuringPrefill() {
        world.record(HealthDuring.prefill(
                asking.latest(),
                world.recallAll(CALLS, Exchange.class),
                asking.budgets().healthP99()));
    }
}
