package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.HealthForm;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.sse.SseReader;
import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the client asks of the worker, and the generations that came of it; one per scenario. Not thread-safe. */
public final class Asking {
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
            return keep(call.awaitEnd(budgets().request()));
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
}
