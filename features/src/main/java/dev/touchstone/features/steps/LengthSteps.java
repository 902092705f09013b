package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.PrefixConsistency;
import dev.touchstone.harness.check.ReaderIndependence;
import dev.touchstone.harness.check.TokenAccount;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.ReadingPace;
import dev.touchstone.harness.target.GenerationRequest;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One text in several lengths, and read at several paces. Public because Cucumber makes it. */
public final class LengthSteps {
    private static final int PROBE_TOKENS = 32;
    private static final int MOST_TOKENS = 640;
    private static final int LEAST_MILLIS = 2000;

    private final World world;
    private final Asking asking;
    private final Conditions conditions;

    public LengthSteps(World world, Asking asking, Conditions conditions) {
        this.world = world;
        this.asking = asking;
        this.conditions = conditions;
    }

    @When("the client asks for texts of {numbers} tokens that continue each line of:")
    public void lengths(List<BigInteger> lengths, String prompts) throws InterruptedException {
        world.act(() -> {
            int longest = lengths.getLast().intValue();
            for (String prompt : Asking.lines(prompts)) {
                conditions.plain(asking.greedy(prompt, longest));
                conditions.plain(asking.greedy(prompt, longest));
                for (BigInteger length : lengths.subList(0, lengths.size() - 1)) {
                    conditions.later("", asking.greedy(prompt, length.intValue()));
                }
            }
        });
    }

    @Then("each text begins the longer ones")
    public void prefixes() {
        world.record(PrefixConsistency.judge(conditions.plain(), laterOnes()));
    }

    @When("the client asks for 1 to {int} tokens to continue one of these, whose characters take several tokens:")
    public void sweep(int most, String prompts) throws InterruptedException {
        world.act(() -> {
            Optional<Generation> chosen = Optional.empty();
            for (String prompt : Asking.lines(prompts)) {
                Generation seen = asking.lasting(List.of(prompt), most, most);
                chosen = chosen.or(() -> Optional.of(seen));
                if (TokenAccount.spansTokens(seen) || seen.wasCut()) {
                    chosen = Optional.of(seen);
                    break;
                }
            }
            Generation whole = chosen.orElseThrow(() -> new KitFailure("The step gives no prompt."));
            conditions.plain(asking.keep(whole.exchange()));
            if (whole.ended()) {
                conditions.plain(asking.greedy(whole.prompt(), most));
            }
            boolean ended = whole.ended();
            for (int tokens = 1; tokens < most && ended; tokens++) {
                Generation one = asking.greedy(whole.prompt(), tokens);
                conditions.later("", one);
                ended = one.ended();
            }
        });
    }

    @Then("every token is counted and no byte is dropped")
    public void account() {
        world.record(TokenAccount.judge(conditions.plain(), laterOnes()));
    }

    private List<Generation> laterOnes() {
        return conditions.generations(Conditions.LATER);
    }

    @When(
            "the client takes the text at once, in single bytes, with a pause of {int} ms and with many short ones, continuing one of:")
    public void paces(int pause, String prompts) throws InterruptedException {
        world.act(() -> {
            Generation probe = asking.lasting(Asking.lines(prompts), PROBE_TOKENS, PROBE_TOKENS);
            var request = GenerationRequest.greedy(world.newJobId(), probe.prompt(), tokensFor(probe, pause));
            for (int run = 0; run < 2; run++) {
                conditions.plain(asking.generate(request.withJobId(world.newJobId())));
            }
            for (Map.Entry<String, ReadingPace> pace : slowPaces(Duration.ofMillis(pause))) {
                Call call = world.wire().call("generate, read " + pace.getKey(), request.withJobId(world.newJobId()));
                conditions.later(
                        "read " + pace.getKey(),
                        asking.keep(world.slowReader()
                                .send(call, pace.getValue(), asking.budgets().request())));
            }
        });
    }

    private static List<Map.Entry<String, ReadingPace>> slowPaces(Duration pause) {
        return List.of(
                Map.entry("in single bytes", ReadingPace.singleBytes()),
                Map.entry("with a pause of %d ms".formatted(pause.toMillis()), ReadingPace.pausing(1, pause, 256)),
                Map.entry("with many short pauses", ReadingPace.pausing(20, pause.dividedBy(30), 256)));
    }

    /**
     * As many tokens as the worker makes while the reader pauses, so that they have to wait somewhere; more where it can,
     * for it may have been slow by chance.
     */
    private int tokensFor(Generation probe, int pauseMillis) {
        long perToken = Math.max(1, probe.durationNanos() / Math.max(1, probe.tokenCount()));
        long wanted = Math.max(pauseMillis, LEAST_MILLIS) * 1_000_000L / perToken;
        return (int) Math.clamp(wanted, PROBE_TOKENS, Math.min(MOST_TOKENS, longest()));
    }

    private int longest() {
        return world.capabilities().contextLength().isPresent() ? Math.max(PROBE_TOKENS, asking.longest()) : 256;
    }

    @Then("every reader gets the same events and text")
    public void readers() {
        world.record(ReaderIndependence.judge(conditions.plain(), conditions.later()));
    }
}
