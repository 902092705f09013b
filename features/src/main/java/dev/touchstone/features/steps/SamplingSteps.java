package dev.touchstone.features.steps;

import dev.touchstone.harness.check.ExactSeed;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.GreedyForms;
import dev.touchstone.harness.check.Repetition;
import dev.touchstone.harness.check.TemperatureVariety;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the parameters of sampling do. Public because Cucumber makes it. */
public final class SamplingSteps {
    private final World world;
    private final Asking asking;
    private final Conditions conditions;

    public SamplingSteps(World world, Asking asking, Conditions conditions) {
        this.world = world;
        this.asking = asking;
        this.conditions = conditions;
    }

    @When(
            "the client asks for {int} greedy tokens by temperature, top_k and top_p, with the seeds {numbers}, to continue one of:")
    public void greedyForms(int tokens, List<BigInteger> seeds, String prompts) throws InterruptedException {
        world.act(() -> {
            Generation first = asking.lasting(Asking.lines(prompts), tokens, (tokens + 1) / 2);
            conditions.plain(asking.keep(first.exchange()));
            conditions.plain(asking.greedy(first.prompt(), tokens));
            GenerationRequest greedy = GenerationRequest.greedy("", first.prompt(), tokens);
            Map<String, GenerationRequest> forms = new LinkedHashMap<>();
            forms.put("temperature 0", greedy);
            forms.put("top_k 1", greedy.withTemperature(1.0).withTopK(1));
            forms.put("top_k 1 at temperature 2", greedy.withTemperature(2.0).withTopK(1));
            forms.put("top_p 0", greedy.withTemperature(1.0).withTopP(0));
            for (Map.Entry<String, GenerationRequest> form : forms.entrySet()) {
                if (world.wire().inexpressible(form.getValue()).isEmpty()) {
                    for (BigInteger seed : seeds) {
                        GenerationRequest request = form.getValue().withSeed(seed);
                        conditions.later(
                                "%s and seed %s".formatted(form.getKey(), seed),
                                asking.generate(request.withJobId(world.newJobId())));
                    }
                }
            }
        });
    }

    @Then("each gives the greedy text")
    public void greedy() {
        world.record(GreedyForms.judge(
                conditions.plain(),
                conditions.later().stream()
                        .map(l -> new GreedyForms.Form(l.when(), l.generation()))
                        .toList()));
    }

    @When(
            "the client asks for {int} tokens without and with a repetition penalty of {double} to continue each line of:")
    public void penalty(int tokens, double penalty, String prompts) throws InterruptedException {
        world.act(() -> {
            for (String prompt : Asking.lines(prompts)) {
                GenerationRequest request = GenerationRequest.greedy(world.newJobId(), prompt, tokens);
                conditions.plain(asking.generate(request));
                conditions.later(
                        "", asking.generate(request.withJobId(world.newJobId()).withRepetitionPenalty(penalty)));
            }
        });
    }

    @Then("the penalty makes the text repeat less")
    public void lessRepetition() {
        List<Generation> plain = conditions.plain();
        List<Generation> penalized = conditions.generations(Conditions.LATER);
        List<Repetition.Pair> pairs = new ArrayList<>();
        for (int n = 0; n < penalized.size(); n++) {
            pairs.add(new Repetition.Pair(plain.get(n), penalized.get(n)));
        }
        world.record(Repetition.judge(pairs));
    }

    @When("the client asks for {int} tokens with {int} seeds at temperatures {double} and {double} to continue one of:")
    public void temperatures(int tokens, int seeds, double low, double high, String prompts)
            throws InterruptedException {
        world.act(() -> {
            world.remember("seeds", seeds);
            for (String prompt : Asking.lines(prompts)) {
                for (double temperature : List.of(low, high)) {
                    for (int seed = 1; seed <= seeds; seed++) {
                        asking.sampled(prompt, tokens, temperature, Optional.of(BigInteger.valueOf(seed)));
                    }
                }
                if (TemperatureVariety.judge(trials()) instanceof Verdict.Held) {
                    return;
                }
            }
        });
    }

    @Then("the higher temperature gives more distinct texts")
    public void variety() {
        world.record(TemperatureVariety.judge(trials()));
    }

    private List<TemperatureVariety.Trial> trials() {
        int seeds = world.recall("seeds", Integer.class);
        List<Generation> all = asking.generations();
        List<TemperatureVariety.Trial> trials = new ArrayList<>();
        for (int at = 0; at + 2 * seeds <= all.size(); at += 2 * seeds) {
            trials.add(
                    new TemperatureVariety.Trial(all.subList(at, at + seeds), all.subList(at + seeds, at + 2 * seeds)));
        }
        return trials;
    }

    @When(
            "the client asks for {int} tokens with each of the seeds {numbers}, and with the first again, to continue one of:")
    public void exactSeeds(int tokens, List<BigInteger> seeds, String prompts) throws InterruptedException {
        world.act(() -> {
            List<BigInteger> all = new ArrayList<>(seeds);
            all.add(seeds.getFirst());
            for (String prompt : Asking.lines(prompts)) {
                for (BigInteger seed : all) {
                    asking.sampled(prompt, tokens, 1.0, Optional.of(seed));
                }
                if (ExactSeed.judge(asking.generations()) instanceof Verdict.Held) {
                    return;
                }
            }
        });
    }

    @Then("each seed is echoed exactly and gives a text of its own")
    public void exact() {
        world.record(ExactSeed.judge(asking.generations()));
    }
}
