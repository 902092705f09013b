package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.LoadedStreams;
import dev.touchstone.harness.check.PrefillScaling;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.load.ClosedLoop;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/** Long prompts and many clients at once. Public because Cucumber makes it. */
public final class ThroughputSteps {
    private static final List<Integer> LEVELS = List.of(1, 2, 4, 8, 16);
    private static final int REQUESTS_A_CLIENT = 2;
    private static final int LEAST_TOKENS = 4;
    /** How long a scenario may generate, about, if the worker runs one job at a time. */
    private static final Duration AFFORDABLE = Duration.ofSeconds(15);

    /** A context that has no room for these is measured from 32 tokens on. */
    private static final List<Integer> SIZES = List.of(128, 512, 2048);

    private static final int SMALLEST = 32;
    private static final int ROUNDS = 5;
    private static final int LEAST_ROUNDS = 2;
    private static final Duration ENOUGH_ROUNDS = Duration.ofSeconds(5);
    private static final int CALIBRATION = 64;
    private static final int ANSWER = 2;
    private static final List<String> WORDS =
            List.of("river", "stone", "light", "seven", "table", "green", "north", "paper", "cloud", "house", "sound");

    private final World world;
    private final Asking asking;

    public ThroughputSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the client measures the first token after prompts of about 128, 512 and 2048 tokens, up to half the context")
    public void prefill() throws InterruptedException {
        world.act(() -> {
            Generation calibration = ask(text(0, CALIBRATION));
            double tokensPerWord = calibration
                            .tokensIn()
                            .map(BigInteger::doubleValue)
                            .orElseThrow(() -> world.inconclusive(
                                    "the worker does not tell how many tokens a prompt has: " + calibration.outcome()))
                    / CALIBRATION;
            List<Integer> sizes = sizes(asking.contextLength() / 2);
            long from = System.nanoTime();
            for (int round = 0; round < ROUNDS && goesOn(round, from); round++) {
                sizes = round(round, sizes, tokensPerWord);
            }
            world.remember("sizes", sizes.size());
        });
    }

    @Then("the time to first token grows no faster than linearly")
    public void linear() {
        int sizes = world.recall("sizes", Integer.class);
        List<List<Generation>> rounds = new ArrayList<>();
        for (int n = 0; n < world.recallAll("round 0", Exchange.class).size(); n++) {
            int round = n;
            rounds.add(IntStream.range(0, sizes)
                    .mapToObj(size -> Generation.of(
                            world.recallAll("round " + size, Exchange.class).get(round)))
                    .toList());
        }
        if (rounds.stream().flatMap(List::stream).allMatch(Generation::ended)) {
            PrefillScaling.figures(rounds).forEach(world::figure);
        }
        world.record(PrefillScaling.judge(rounds));
    }

    private static boolean goesOn(int round, long from) {
        return round < LEAST_ROUNDS || System.nanoTime() - from < ENOUGH_ROUNDS.toNanos();
    }

    static List<Integer> sizes(int half) {
        List<Integer> sizes =
                new ArrayList<>(SIZES.stream().filter(s -> s <= half).toList());
        if (sizes.size() < 2) {
            sizes.addFirst(SMALLEST);
        }
        if (sizes.size() < SIZES.size() && half >= sizes.getLast() * 3 / 2) {
            sizes.add(half);
        }
        return sizes;
    }

    /** One prompt of each size; sizes that would take too long are left out from the first round on. */
    private List<Integer> round(int round, List<Integer> sizes, double tokensPerWord) throws InterruptedException {
        for (int n = 0; n < sizes.size(); n++) {
            Generation generation = ask(text(round * sizes.size() + n + 1, (int) (sizes.get(n) / tokensPerWord)));
            world.add("round " + n, generation.exchange());
            boolean more = round == 0 && n + 1 < sizes.size();
            if (more && generation.durationNanos() > AFFORDABLE.toNanos() * sizes.get(n) / sizes.get(n + 1)) {
                return sizes.subList(0, n + 1);
            }
        }
        return sizes;
    }

    /** A text of so many words, another from its first word on for each number, so that no cache knows its head. */
    static String text(int number, int words) {
        var text = new StringBuilder(WORDS.get(number % WORDS.size()) + number);
        for (int n = 1; n < words; n++) {
            text.append(' ').append(WORDS.get((n * (number % 7 + 1) + n / WORDS.size()) % WORDS.size()));
        }
        return text.toString();
    }

    private Generation ask(String prompt) throws InterruptedException {
        return asking.greedy(prompt, ANSWER);
    }

    @When("1, 2, 4, 8 and 16 clients in turn ask at once for up to {int} tokens to continue:")
    public void manyClients(int most, String prompt) throws InterruptedException {
        world.act(() -> {
            asking.greedy(prompt, LEAST_TOKENS);
            Pace pace = Pace.of(asking.greedy(prompt, LEAST_TOKENS));
            int clients = LEVELS.stream().mapToInt(Integer::intValue).sum();
            int twice = pace.tokens(AFFORDABLE, clients * REQUESTS_A_CLIENT, 0, most);
            int requests = twice >= LEAST_TOKENS ? REQUESTS_A_CLIENT : 1;
            int tokens = pace.tokens(AFFORDABLE, clients * requests, LEAST_TOKENS, most);
            for (int level : LEVELS) {
                ClosedLoop.Run<Exchange> run = run(new ClosedLoop(level, requests), prompt, tokens);
                world.remember("level " + level, run.results());
                world.remember("nanos " + level, run.nanos());
            }
        });
    }

    private ClosedLoop.Run<Exchange> run(ClosedLoop loop, String prompt, int tokens) throws InterruptedException {
        try {
            return loop.run(number -> {
                var request = GenerationRequest.greedy(world.newJobId(), number + ": " + prompt, tokens);
                try (StreamingCall call = asking.open(request)) {
                    return call.awaitEnd(asking.budgets().request());
                }
            });
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new KitFailure("A client of the load failed: " + e.getCause());
        }
    }

    @Then("no request failed at any level")
    public void noFailure() {
        List<LoadedStreams.Level> levels = LEVELS.stream()
                .map(level -> new LoadedStreams.Level(
                        level,
                        world.recallAll("level " + level, Exchange.class).stream()
                                .map(Generation::of)
                                .toList(),
                        world.recall("nanos " + level, Long.class)))
                .toList();
        LoadedStreams.figures(levels).forEach(world::figure);
        world.record(LoadedStreams.judge(levels));
    }
}
