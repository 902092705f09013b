package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.HealthForm;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.sse.SseReader;
import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the client asks of the worker, and the generations that came of it; one per scenario. Not thread-safe. */
public final class Asking {
    /** How long a worker may take to close the body after its terminal event. */
    static final Duration CLOSING = Duration.ofSeconds(1);

    private static final Set<String> TERMINAL = Set.of("end", "error");

    private final World world;
    private final List<Generation> generations = new ArrayList<>();

    public Asking(World world) {
        this.world = world;
    }

    Budgets budgets() {
        return world.budgets();
    }

    /** All generations that this scenario has asked for, in order. */
    List<Generation> generations() {
        return List.copyOf(generations);
    }

    Generation latest() {
        if (generations.isEmpty()) {
            throw new KitFailure("No earlier step of this scenario asked for a generation.");
        }
        return generations.getLast();
    }

    Generation greedy(String prompt, int maxTokens) throws InterruptedException {
        return generate(GenerationRequest.greedy(world.newJobId(), prompt, maxTokens));
    }

    Generation sampled(String prompt, int maxTokens, double temperature, Optional<BigInteger> seed)
            throws InterruptedException {
        return generate(new GenerationRequest(world.newJobId(), prompt, maxTokens, temperature, seed));
    }

    /** Sends one request and waits for the whole stream, but not long for a body that is left open. */
    Generation generate(GenerationRequest request) throws InterruptedException {
        try (StreamingCall call = world.client().open(request.call("execute"))) {
            awaitTerminal(call, request.maxTokens() + 2);
            return keep(call.awaitEnd(CLOSING.multipliedBy(2)));
        }
    }

    Generation keep(Exchange exchange) {
        var generation = new Generation(exchange, SseReader.read(exchange));
        generations.add(generation);
        return generation;
    }

    Exchange send(Call call) throws InterruptedException {
        return world.client().send(call, budgets().request());
    }

    Exchange health() throws InterruptedException {
        return send(Call.get("health", "/health"));
    }

    /** The model that health names; without it nothing that refers to it can be judged. */
    String model(String rule) throws InterruptedException {
        return told(rule, "model", HealthForm.model(health()));
    }

    int contextLength(String rule) throws InterruptedException {
        return told(rule, "context_length", HealthForm.contextLength(health()));
    }

    /** As many tokens as one request may ask for beside a prompt of a few words. */
    int longest(String rule) throws InterruptedException {
        return Math.max(1, Math.min(2048, contextLength(rule) - 128));
    }

    private <T> T told(String rule, String member, Optional<T> value) {
        if (value.isEmpty()) {
            world.record(new Verdict.Inconclusive(rule, "health does not tell " + member));
        }
        return value.orElseThrow(() -> new KitFailure("Health does not tell " + member + "."));
    }

    /** Other events may come between the tokens, so a count of events alone does not show the end. */
    private void awaitTerminal(StreamingCall call, int expected) throws InterruptedException {
        int wanted = expected;
        while (call.awaitEvents(wanted, budgets().request())) {
            List<SseEvent> events = SseReader.read(call.soFar()).events();
            if (events.size() < wanted || events.stream().anyMatch(e -> TERMINAL.contains(e.type()))) {
                return;
            }
            wanted = events.size() + Math.max(1, events.size() / 4);
        }
    }
}
