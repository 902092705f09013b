package dev.touchstone.features.steps;

import dev.touchstone.harness.check.DiskReads;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.GpuWork;
import dev.touchstone.harness.check.HostBudgets;
import dev.touchstone.harness.check.HostCopies;
import dev.touchstone.harness.check.PcieTraffic;
import dev.touchstone.harness.check.ResidencyClaim;
import dev.touchstone.harness.check.ResidencyTruth;
import dev.touchstone.harness.check.VramHeld;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What the host tells of the worker while it loads, decodes and rests. Public because Cucumber makes it. */
public final class ResidencySteps {
    private static final String PROMPT = "1 2 3 4 1 2 3 4 1 2";
    private static final int SHORT = 16;
    private static final HostBudgets BUDGETS = HostBudgets.defaults();
    /** A GPU must be seen at work in whole seconds; one that works by turns of 1.5 s rests a whole second in so long. */
    private static final Duration DECODE = Duration.ofMillis(4200);
    /** More is asked for, lest a worker that is a little quicker has to be asked again for as much. */
    private static final Duration MORE = Duration.ofMillis(200);

    private static final int MOST_GENERATIONS = 40;

    private final World world;
    private final Asking asking;

    public ResidencySteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    private HostLook host() {
        return new HostLook(world, asking);
    }

    @When("the client asks for health, and its host is looked at where it claims to be resident")
    public void healthAndHost() throws InterruptedException {
        world.act(() -> {
            Exchange health = asking.health();
            world.remember("health", health);
            if (ResidencyClaim.of(health).resident().orElse(false)) {
                asking.greedy(PROMPT, SHORT);
                host().once("loaded");
            }
        });
    }

    @Then("the claim of residency agrees with the GPU that health names")
    public void claimIsTrue() {
        world.record(ResidencyTruth.judge(
                world.recall("health", Exchange.class),
                world.find("loaded", String.class).map(HostSamples::fromJson)));
    }

    @When("the worker's host is looked at after a generation")
    public void afterGeneration() throws InterruptedException {
        world.act(() -> {
            host().demandResidency();
            asking.greedy(PROMPT, SHORT);
            host().demandResidency();
            host().once("loaded");
        });
    }

    @Then("the memory of the GPU holds the model")
    public void held() {
        world.record(VramHeld.judge(host().claim(), host().model(), host().before(), host().seen("loaded"), BUDGETS));
    }

    @Then("the host's memory holds no copy of the model")
    public void noCopy() {
        world.record(HostCopies.judge(host().claim(), host().model(), host().seen("loaded"), BUDGETS));
    }

    @When("the worker's host is watched while it decodes for some seconds, continuing:")
    public void decoding(String prompt) throws InterruptedException {
        world.act(() -> {
            host().demandResidency();
            host().demandGpu();
            host().pid();
            asking.greedy(prompt, SHORT);
            Pace pace = Pace.of(asking.greedy(prompt, SHORT));
            host().during("decode", () -> {
                long end = System.nanoTime() + DECODE.toNanos();
                for (int n = 0; n < MOST_GENERATIONS && System.nanoTime() < end; n++) {
                    Duration left = Duration.ofNanos(end - System.nanoTime()).plus(MORE);
                    int tokens = pace.tokens(left, 1, SHORT, asking.longest());
                    world.add("decoded", asking.greedy(prompt, tokens).exchange());
                }
            });
        });
    }

    @Then("next to nothing comes over PCIe, and the GPU works in every second")
    public void gpuWork() {
        List<Generation> decoded = world.recallAll("decoded", Exchange.class).stream()
                .map(Generation::of)
                .toList();
        HostSamples window = window(decoded);
        int tokens = decoded.stream().mapToInt(Generation::tokenCount).sum();
        List<Verdict> verdicts = List.of(
                PcieTraffic.judge(host().claim(), host().model(), window, tokens, BUDGETS),
                GpuWork.judge(host().claim(), host().model(), window, tokens, BUDGETS));
        world.recordAll(verdicts);
    }

    /** From the first token of the first to the last of the last; the short prefills between hardly count. */
    private HostSamples window(List<Generation> decoded) {
        HostSamples all = host().seen("decode");
        List<Instant> ends = new ArrayList<>();
        if (!decoded.isEmpty()) {
            Generation first = decoded.getFirst();
            OptionalLong token = first.firstTokenNanos();
            ends.add(at(first, token.orElse(0)));
            ends.add(at(decoded.getLast(), decoded.getLast().durationNanos()));
        }
        return ends.isEmpty() ? all : all.between(ends.getFirst(), ends.getLast());
    }

    private static Instant at(Generation generation, long nanos) {
        return generation.exchange().request().sentAt().plusNanos(nanos);
    }

    @When("the worker's host is watched during {int} generations that continue:")
    public void generations(int times, String prompt) throws InterruptedException {
        world.act(() -> {
            host().demandResidency();
            asking.greedy(prompt, SHORT);
            host().during("generations", () -> {
                int ended = 0;
                for (int n = 0; n < times; n++) {
                    ended += asking.greedy(n + ": " + prompt, SHORT).ended() ? 1 : 0;
                }
                world.remember("ended", ended);
            });
        });
    }

    @Then("the model is not read from the disk again")
    public void readOnce() {
        world.record(DiskReads.judge(
                host().claim(),
                host().model(),
                host().seen("generations"),
                world.recall("ended", Integer.class),
                BUDGETS));
    }
}
