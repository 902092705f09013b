package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.HealthDuring;
import dev.touchstone.harness.check.HealthForm;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Health, at rest and while the engine works. Public because Cucumber makes it. */
public final class HealthSteps {
    private static final int LEAST_CALLS = 50;
    private static final int MOST_GENERATIONS = 6;
    /** A kit that the machine gives no time sees gaps that are not there, but hardly in each of three. */
    private static final int CALM_ENOUGH = 3;

    private static final int LONG_GENERATION = 512;
    private static final int TOKENS_AFTER_PREFILL = 4;
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

    @Then("the claim of residency agrees with the GPU that health names")
    public void claim() {
        world.record(HealthForm.residencyClaim(world.recall("health", Exchange.class)));
    }

    @When("the client asks for long generations and for health at least {int} times meanwhile, continuing:")
    public void during(int times, String prompt) throws InterruptedException {
        world.act(() -> {
            int tokens = Math.min(LONG_GENERATION, asking.longest());
            List<Exchange> calls = new ArrayList<>();
            for (int n = 0; n < MOST_GENERATIONS && (calls.size() < times || (n < CALM_ENOUGH && !calm())); n++) {
                List<Exchange> all = new CopyOnWriteArrayList<>();
                Generation generation = polling().during(prompt, tokens, all);
                calls.addAll(HealthDuring.whileStreaming(generation, all));
                world.remember(CALLS, calls);
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

    @When("the client fills the context with a prompt and asks for health meanwhile")
    public void duringPrefill() throws InterruptedException {
        world.act(() -> {
            int context = asking.contextLength();
            Optional<String> prompt = world.sizer().prompt(context - TOKENS_AFTER_PREFILL);
            if (prompt.isEmpty()) {
                world.record(new Verdict.Inconclusive("HL-03", "no prompt that fills the context could be found"));
            }
            List<Exchange> calls = new CopyOnWriteArrayList<>();
            polling().during(prompt.orElseThrow(), TOKENS_AFTER_PREFILL, calls);
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
