package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.Unchanged;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * What scenarios remember that compare a request under a condition with plain runs of it. One per scenario; keeps
 * nothing itself.
 */
public final class Conditions {
    private static final String PLAIN = "plain";
    static final String LATER = "later";
    private static final String WHEN = "when";
    private static final BigInteger SEED = BigInteger.valueOf(20_261_123);

    private final World world;
    private final Asking asking;

    public Conditions(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    /** Two plain runs each of the greedy and of a seeded text of the first prompt that lasts. */
    void learn(List<String> prompts, int tokens) throws InterruptedException {
        Generation first = asking.lasting(prompts, tokens, (tokens + 1) / 2);
        world.remember("prompt", first.prompt());
        world.remember("tokens", tokens);
        plain(asking.keep(first.exchange()));
        plain(asking.generate(greedy()));
        plain(asking.generate(seeded()));
        plain(asking.generate(seeded()));
    }

    GenerationRequest greedy() {
        return GenerationRequest.greedy(
                world.newJobId(), world.recall("prompt", String.class), world.recall("tokens", Integer.class));
    }

    GenerationRequest seeded() {
        return greedy().withTemperature(0.8).withSeed(SEED);
    }

    /** Both requests once more. */
    void again(String when) throws InterruptedException {
        later(when, asking.generate(greedy()));
        later(when, asking.generate(seeded()));
    }

    void plain(Generation generation) {
        world.add(PLAIN, generation.exchange());
    }

    void later(String when, Generation generation) {
        world.add(WHEN, when);
        world.add(LATER, generation.exchange());
    }

    List<Generation> plain() {
        return generations(PLAIN);
    }

    List<Unchanged.Later> later() {
        List<String> when = world.recallAll(WHEN, String.class);
        List<Generation> generations = generations(LATER);
        List<Unchanged.Later> all = new ArrayList<>();
        for (int n = 0; n < generations.size(); n++) {
            all.add(new Unchanged.Later(when.get(n), generations.get(n)));
        }
        return all;
    }

    List<Generation> generations(String name) {
        return world.recallAll(name, Exchange.class).stream()
                .map(Generation::of)
                .toList();
    }
}
