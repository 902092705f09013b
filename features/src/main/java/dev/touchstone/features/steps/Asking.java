package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the client asks of the worker, and the generations that came of it; one per scenario. Not thread-safe. */
public final class Asking {
    private final World world;

    public Asking(World world) {
        this.world = world;
    }

    Budgets budgets() {
        return world.budgets();
    }

    /** All generations that this scenario has asked for, in order. */
    List<Generation> generations() {
        return world.generations().stream().map(Generation::of).toList();
    }

    Generation latest() {
        List<Exchange> all = world.generations();
        if (all.isEmpty()) {
            throw new KitFailure("No earlier step of this scenario asked for a generation.");
        }
        return Generation.of(all.getLast());
    }

    Generation greedy(String prompt, int maxTokens) throws InterruptedException {
        return generate(GenerationRequest.greedy(world.newJobId(), prompt, maxTokens));
    }

    /** As {@link #greedy}, by a client that takes compressed answers, as most do. */
    Generation greedyTakingGzip(String prompt, int maxTokens) throws InterruptedException {
        GenerationRequest request = GenerationRequest.greedy(world.newJobId(), prompt, maxTokens);
        Call call = world.wire().call("generate", request).withHeader("Accept-Encoding", "gzip");
        return keep(send(call));
    }

    Generation sampled(String prompt, int maxTokens, double temperature, Optional<BigInteger> seed)
            throws InterruptedException {
        GenerationRequest request =
                GenerationRequest.greedy(world.newJobId(), prompt, maxTokens).withTemperature(temperature);
        return generate(seed.map(request::withSeed).orElse(request));
    }

    /**
     * The greedy text of the first of these prompts that the model goes on with for long enough, else the longest that
     * came; it is not among {@link #generations()} until it is kept.
     */
    Generation lasting(List<String> prompts, int maxTokens, int least) throws InterruptedException {
        Optional<Generation> longest = Optional.empty();
        for (String prompt : prompts) {
            Generation seen = unkept(GenerationRequest.greedy(world.newJobId(), prompt, maxTokens));
            if (seen.tokenCount() >= least) {
                return seen;
            }
            if (longest.isEmpty() || seen.tokenCount() > longest.get().tokenCount()) {
                longest = Optional.of(seen);
            }
        }
        return longest.orElseThrow(() -> new KitFailure("The step gives no prompt."));
    }

    private Generation unkept(GenerationRequest request) throws InterruptedException {
        try (StreamingCall call = open(request)) {
            return Generation.of(call.awaitEnd(budgets().request()));
        }
    }

    /** The lines of a step's text; the two characters \\n within one stand for a line end. */
    static List<String> lines(String text) {
        return text.lines().map(line -> line.replace("\\n", "\n")).toList();
    }

    /** Sends one request and waits for the whole stream, but not long for a body that is left open. */
    Generation generate(GenerationRequest request) throws InterruptedException {
        try (StreamingCall call = open(request)) {
            return keep(call.awaitEnd(budgets().request()));
        }
    }

    /** Sends a request for text and returns at once; the scenario ends as unsupported where the dialect cannot say it. */
    StreamingCall open(GenerationRequest request) {
        Optional<String> gap = world.wire().inexpressible(request);
        if (gap.isPresent()) {
            throw world.unsupported(gap.get());
        }
        return world.client().open(world.wire().call("generate", request));
    }

    Generation keep(Exchange exchange) {
        world.addGeneration(exchange);
        return Generation.of(exchange);
    }

    Exchange send(Call call) throws InterruptedException {
        return world.client().send(call, budgets().request());
    }

    Exchange send(Call call, Duration limit) throws InterruptedException {
        return world.client().send(call, limit);
    }

    /** Asks for health; the scenario ends as unsupported where the target has no route for it. */
    Exchange health() throws InterruptedException {
        String path = world.target()
                .healthPath()
                .orElseThrow(() -> world.unsupported("the target has no health route; --health-path names one"));
        return send(Call.get("health", path));
    }

    /** Ends the scenario as unsupported where the target has no route for health. */
    void demandHealthPath() {
        if (world.target().healthPath().isEmpty()) {
            throw world.unsupported("the target has no health route; --health-path names one");
        }
    }

    /** The model that the worker named before the first scenario; without it nothing that refers to it can be judged. */
    String model() {
        return world.capabilities().model().orElseThrow(() -> world.inconclusive("health does not tell model"));
    }

    int contextLength() {
        return (int) world.capabilities()
                .contextLength()
                .orElseThrow(() ->
                        world.inconclusive("the worker does not tell its context length; --context-length names it"));
    }

    /** As many tokens as one request may ask for beside a prompt of a few words. */
    int longest() {
        // Who does not tell its context has room for that much in any model that is in use.
        long context = world.capabilities().contextLength().orElse(1024);
        return (int) Math.max(1, Math.min(2048, context - 128));
    }
}
