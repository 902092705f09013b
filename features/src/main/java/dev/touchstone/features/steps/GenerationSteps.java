package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Flushing;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.SeedVariety;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.datatable.DataTable;
import io.cucumber.java.en.When;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the client asks to be generated. Public because Cucumber makes it. */
public final class GenerationSteps {
    private static final int FEWEST_TOKENS = 32;
    private static final int FIT_GENERATIONS = 3;
    /** A marker that the tokenizer knows is one token, two with a begin-of-text before it. */
    private static final int KNOWN_MARKER_TOKENS = 2;

    private static final int TEXT_LIMIT = 256;
    private static final int ENOUGH_TEXTS = 3;
    /** Stands in no text of a sane model. */
    private static final String NEVER = "\u00A4\u2021\u00A4";

    private final World world;
    private final Asking asking;

    public GenerationSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the client asks for {int} tokens to continue:")
    public void once(int tokens, String prompt) throws InterruptedException {
        world.act(() -> {
            asking.greedy(prompt, tokens);
        });
    }

    @When("the client asks for {int} tokens with seed {biginteger} to continue:")
    public void onceWithSeed(int tokens, BigInteger seed, String prompt) throws InterruptedException {
        world.act(() -> {
            asking.sampled(prompt, tokens, 0.8, Optional.of(seed));
        });
    }

    @When("the client asks for {int} tokens to continue each line of:")
    public void eachLine(int tokens, String prompts) throws InterruptedException {
        world.act(() -> {
            for (String prompt : prompts.lines().toList()) {
                asking.greedy(prompt, tokens);
            }
        });
    }

    @When("the client asks {int} times for {int} tokens at temperature {double} to continue:")
    public void severalTimes(int times, int tokens, double temperature, String prompt) throws InterruptedException {
        world.act(() -> {
            for (int n = 0; n < times; n++) {
                Generation generation = asking.sampled(prompt, tokens, temperature, Optional.empty());
                if (generation.exchange().end() instanceof BodyEnd.TimedOut) {
                    return; // that it never ends shows in one; the kit's patience with more would take its place
                }
            }
        });
    }

    @When("the client asks {int} times for {int} tokens at temperature {double} to continue one of:")
    public void severalTimesOneOf(int times, int tokens, double temperature, String prompts)
            throws InterruptedException {
        world.act(() -> repeat(times, tokens, temperature, Optional.empty(), prompts));
    }

    @When(
            "the client asks {int} times for {int} tokens at temperature {double} with seed {biginteger} to continue one of:")
    public void severalTimesWithSeedOneOf(int times, int tokens, double temperature, BigInteger seed, String prompts)
            throws InterruptedException {
        world.act(() -> repeat(times, tokens, temperature, Optional.of(seed), prompts));
    }

    private void repeat(int times, int tokens, double temperature, Optional<BigInteger> seed, String prompts)
            throws InterruptedException {
        Generation probe = asking.lasting(Asking.lines(prompts), tokens, (tokens + 1) / 2);
        String prompt = probe.prompt();
        if (temperature == 0) {
            // The first time that the worker reads this prompt counts as much as the others.
            asking.keep(probe.exchange());
        }
        for (int n = 0; n < times; n++) {
            asking.sampled(prompt, tokens, temperature, seed);
        }
    }

    @When(
            "the client asks with each of the seeds {numbers} for {int} tokens at temperature {double} to continue one of:")
    public void eachSeed(List<BigInteger> seeds, int tokens, double temperature, String prompts)
            throws InterruptedException {
        world.act(() -> {
            for (String prompt : Asking.lines(prompts)) {
                for (BigInteger seed : seeds) {
                    asking.sampled(prompt, tokens, temperature, Optional.of(seed));
                }
                if (SeedVariety.judge(asking.generations(), ENOUGH_TEXTS) instanceof Verdict.Held) {
                    return;
                }
            }
        });
    }

    @When(
            "the client asks {int} times without a seed for {int} tokens, and again with each reported seed, to continue one of:")
    public void replayed(int times, int tokens, String prompts) throws InterruptedException {
        world.act(() -> {
            String prompt = asking.lasting(Asking.lines(prompts), tokens, (tokens + 1) / 2)
                    .prompt();
            for (int n = 0; n < times; n++) {
                asking.sampled(prompt, tokens, 1.0, Optional.empty());
            }
            for (Generation drawn : asking.generations()) {
                if (drawn.reportedSeed().isPresent()) {
                    asking.sampled(prompt, tokens, 1.0, drawn.reportedSeed());
                }
            }
            world.remember("drawn", times);
        });
    }

    @When("the client asks for {numbers} tokens to continue one of:")
    public void upToEachLimit(List<BigInteger> limits, String prompts) throws InterruptedException {
        world.act(() -> {
            List<Integer> asked = limits.stream().map(BigInteger::intValue).toList();
            for (int limit : asked) {
                for (String prompt : prompts.lines().toList()) {
                    if (!asking.greedy(prompt, limit).endedByModel()) {
                        break;
                    }
                }
            }
            world.remember("limits", asked);
        });
    }

    @When("the client asks {int} times for {int} tokens after a prompt of up to {int} characters")
    public void afterCharacters(int times, int tokens, int most) throws InterruptedException {
        world.act(() -> {
            // No token is less than a character, so this fits where nothing else is known.
            int fit = Math.min(most, asking.longest());
            for (int n = 0; n < times; n++) {
                Generation generation = asking.greedy((n + ": ") + "one two three ".repeat(fit / 14), tokens);
                if (generation.isLeftOpen() || !generation.ended()) {
                    // It shows in one, and waiting costs the kit its patience.
                    return;
                }
            }
        });
    }

    @When("the client asks for a generation of at least {int} ms to continue one of:")
    public void lasting(int millis, String prompts) throws InterruptedException {
        world.act(() -> lasting(prompts, millis, asking::greedy));
    }

    @When("the client, which takes gzip, asks for a generation of at least {int} ms to continue one of:")
    public void lastingCompressed(int millis, String prompts) throws InterruptedException {
        world.act(() -> lasting(prompts, millis, asking::greedyTakingGzip));
    }

    /** Asks for so many tokens that continue a prompt. */
    @FunctionalInterface
    private interface Continuation {
        Generation ask(String prompt, int tokens) throws InterruptedException;
    }

    private void lasting(String prompts, int millis, Continuation continuation) throws InterruptedException {
        int longest = asking.longest();
        for (String prompt : prompts.lines().toList()) {
            if (lasting(prompt, millis, longest, continuation)) {
                return;
            }
        }
    }

    /** Asks for more until the rule applies; several times over, for a busy kit may see tokens late. */
    private boolean lasting(String prompt, int millis, int longest, Continuation continuation)
            throws InterruptedException {
        int tokens = Math.min(FEWEST_TOKENS, longest);
        int fit = 0;
        while (fit < FIT_GENERATIONS) {
            Generation generation = continuation.ask(prompt, tokens);
            if (Flushing.applies(generation)) {
                fit++;
                if (Flushing.judge(List.of(generation)) instanceof Verdict.Held) {
                    return true;
                }
            } else if (!generation.ended() || generation.endedByModel() || tokens == longest) {
                return fit > 0;
            } else {
                double wanted = 1.3 * millis * 1e6 * tokens / Math.max(1, generation.durationNanos());
                tokens = (int) Math.min(longest, Math.max(2.0 * tokens, wanted));
            }
        }
        return true;
    }

    @When("the client lets the model end its text, with any of these templates that it knows:")
    public void ending(DataTable templates) throws InterruptedException {
        world.act(() -> {
            var sizer = world.sizer();
            List<Map<String, String>> rows = templates.asMaps();
            for (Map<String, String> row : rows) {
                boolean known = sizer.count(row.getOrDefault("marker", ""))
                        .filter(n -> n <= KNOWN_MARKER_TOKENS)
                        .isPresent();
                String prompt = row.getOrDefault("prompt", "");
                if (known && asking.greedy(prompt, TEXT_LIMIT).endedByModel()) {
                    // Who looks for a stop sequence holds text back, and has to let go of it at the end.
                    asking.generate(GenerationRequest.greedy(world.newJobId(), prompt, TEXT_LIMIT)
                            .withStop(List.of(NEVER)));
                    return;
                }
            }
            if (asking.generations().isEmpty()) {
                asking.greedy(rows.getLast().getOrDefault("prompt", ""), TEXT_LIMIT);
            }
        });
    }
}
