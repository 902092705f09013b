package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.HealthDuring;
import dev.touchstone.harness.check.HealthLatency;
import dev.touchstone.harness.check.LatencyRecord;
import dev.touchstone.harness.check.SteadyDecode;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Measuring one request at a time. Public because Cucumber makes it. */
public final class LatencySteps {
    private static final int WARM_UP = 2;
    private static final int MEASURED = 20;
    private static final int LEAST_TOKENS = 4;
    /** How long a scenario may generate, about; a slow worker is asked for fewer tokens. */
    private static final Duration AFFORDABLE = Duration.ofSeconds(10);

    private static final int LONG_GENERATION = 512;
    private static final int LEAST_CALLS = 50;
    /** Of a round without enough calls. */
    private static final int LEAST_GENERATIONS = 3;
    /** A quick worker's generations are over before many calls fell into them. */
    private static final Duration ENOUGH = Duration.ofSeconds(2);

    private final World world;
    private final Asking asking;

    public LatencySteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the client measures {int} requests of up to {int} tokens that continue:")
    public void measure(int requests, int most, String prompt) throws InterruptedException {
        world.act(() -> {
            for (int n = 0; n < WARM_UP; n++) {
                asking.greedy(prompt, LEAST_TOKENS);
            }
            int tokens = Pace.of(asking.latest()).tokens(AFFORDABLE, requests, LEAST_TOKENS, most);
            for (int n = 0; n < requests; n++) {
                asking.greedy(prompt, Math.min(tokens, asking.longest()));
            }
        });
    }

    @Then("the time to first token keeps its budget")
    public void firstToken() {
        LatencyRecord record = new LatencyRecord(measured());
        List<Figure> figures = record.firstTokenFigures(asking.budgets().ttftP95());
        figures.forEach(world::figure);
        world.record(record.judge("PF-01", figures, MEASURED));
    }

    @Then("the inter-token latency keeps its budget and nothing stalls in every generation")
    public void interToken() {
        Duration p95 = asking.budgets().itlP95();
        new LatencyRecord(measured()).interTokenFigures(p95).forEach(world::figure);
        world.record(SteadyDecode.judge(
                measured(), p95, asking.budgets().gapFactor(), asking.budgets().gapFloor(), MEASURED));
    }

    private List<Generation> measured() {
        List<Generation> all = asking.generations();
        return all.subList(Math.min(WARM_UP, all.size()), all.size());
    }

    @When("the client asks for health again and again during up to {int} long generations that continue:")
    public void health(int most, String prompt) throws InterruptedException {
        world.act(() -> {
            asking.greedy(prompt, LEAST_TOKENS);
            int tokens = Pace.of(asking.greedy(prompt, LEAST_TOKENS))
                    .tokens(AFFORDABLE, most, LEAST_TOKENS, Math.min(LONG_GENERATION, asking.longest()));
            List<Exchange> calls = new ArrayList<>();
            List<Integer> sizes = new ArrayList<>();
            for (int n = 0; n < most && (n == 0 || !(health() instanceof Verdict.Held)); n++) {
                List<Exchange> round = round(prompt, tokens);
                calls.addAll(round);
                sizes.add(round.size());
                world.remember("round calls", calls);
                world.remember("round sizes", sizes);
            }
        });
    }

    @Then("the 99th percentile of health keeps its budget")
    public void healthInTime() {
        HealthLatency.figures(rounds(), LEAST_CALLS, asking.budgets().healthLoadP99())
                .forEach(world::figure);
        world.record(health());
    }

    private Verdict health() {
        return HealthLatency.judge(rounds(), LEAST_CALLS, asking.budgets().healthLoadP99());
    }

    private List<List<Exchange>> rounds() {
        List<Exchange> calls = world.recallAll("round calls", Exchange.class);
        List<List<Exchange>> rounds = new ArrayList<>();
        int from = 0;
        for (int size : world.recallAll("round sizes", Integer.class)) {
            rounds.add(calls.subList(from, from + size));
            from += size;
        }
        return rounds;
    }

    /** As many generations, one after the other, as it takes for enough calls that fell into them; quick ones are many. */
    private List<Exchange> round(String prompt, int tokens) throws InterruptedException {
        List<Exchange> during = new ArrayList<>();
        long begun = System.nanoTime();
        for (int n = 0;
                during.size() < LEAST_CALLS && (n < LEAST_GENERATIONS || System.nanoTime() - begun < ENOUGH.toNanos());
                n++) {
            List<Exchange> calls = new CopyOnWriteArrayList<>();
            Generation generation = new HealthPolling(world, asking).during(prompt, tokens, calls);
            during.addAll(HealthDuring.whileStreaming(generation, calls));
        }
        return during;
    }
}
