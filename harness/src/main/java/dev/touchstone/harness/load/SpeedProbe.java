package dev.touchstone.harness.load;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.client.Wire;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.json.JsonReading;
import dev.touchstone.harness.json.JsonText;
import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.target.PromptSizer;
import dev.touchstone.harness.target.SizedPrompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * Measures how fast a worker is from outside: greedy generations over HTTP and SSE, one at a time, timed by the socket
 * reads that brought their events, beside what the worker itself says in its {@code metrics} event. Not thread-safe.
 *
 * <p>Decode is (n - 1) tokens over the time from the first token's event to the last one's. Prefill is the prompt's
 * tokens, by the worker's own count, over the time to the first token, so it includes the request's way and the first
 * step. Each round of those has a prompt that begins otherwise, lest a cache of prefixes be measured.
 */
public final class SpeedProbe {
    private static final List<String> PROMPTS = List.of(
            "Once upon a time, there was a little robot who",
            "1 2 3 4 5 6 7 8 9 10 11 12",
            "one two three one two three one two three one two three",
            "List of many things, one after another, without an end:\n- ");
    private static final String UNCOUNTED = "The worker does not tell how many tokens a prompt has.";
    private static final String WORD = " go";
    /** Words whose tokens are counted to learn what one has. */
    private static final int SAMPLE = 8;
    /** Fewer tokens a word than this are taken for this many, lest a prompt grow without bound. */
    private static final double LEAST_EACH = 0.1;

    private static final String TOKEN_RATE = "tokens/s";
    private static final String MILLIS = "ms";

    private final WorkerClient client;
    private final Wire wire;
    private final Supplier<String> jobIds;
    private final Duration limit;
    private final SpeedPlan plan;

    /** @param limit for one request */
    public SpeedProbe(WorkerClient client, Wire wire, Supplier<String> jobIds, Duration limit, SpeedPlan plan) {
        this.client = client;
        this.wire = wire;
        this.jobIds = jobIds;
        this.limit = limit;
        this.plan = plan;
    }

    /**
     * A prompt after which the model goes on for the wanted tokens; trying it warms the worker up.
     *
     * @throws MeasurementFailure if the worker declines, or the model soon ends after each prompt that is known
     */
    public String enduringPrompt() throws InterruptedException, MeasurementFailure {
        int longest = 0;
        for (String prompt : PROMPTS) {
            int tokens = generate(prompt, plan.decodeTokens()).tokenCount();
            if (tokens >= plan.decodeTokens()) {
                return prompt;
            }
            longest = Math.max(longest, tokens);
        }
        throw new MeasurementFailure(
                "The model ended each generation by itself, the longest after %d of %d tokens; ask for fewer by --tokens."
                        .formatted(longest, plan.decodeTokens()));
    }

    /** Decode by client and worker, and the time between tokens. */
    public List<Spread> decode(String prompt) throws InterruptedException, MeasurementFailure {
        List<Double> seen = new ArrayList<>();
        List<Double> said = new ArrayList<>();
        List<Double> gaps = new ArrayList<>();
        for (int round = 0; round < plan.rounds(); round++) {
            Generation generation = generate(prompt, plan.decodeTokens());
            rate(generation).ifPresent(seen::add);
            said(generation, "tokens_per_second").ifPresent(said::add);
            generation.gapNanos().forEach(gap -> gaps.add(gap / 1e6));
        }
        return List.of(
                new Spread("decode, by the client", TOKEN_RATE, seen),
                new Spread("decode, by the worker", TOKEN_RATE, said),
                new Spread("from token to token", MILLIS, gaps));
    }

    /** Decode as {@link #decode} sees it, in one round; for measuring while something else goes on. */
    OptionalDouble decodeOnce(String prompt) throws InterruptedException, MeasurementFailure {
        return rate(generate(prompt, plan.decodeTokens()));
    }

    /** Prefill of the long prompt. */
    public List<Spread> prefill() throws InterruptedException, MeasurementFailure {
        List<Double> counts = new ArrayList<>();
        List<Double> seen = new ArrayList<>();
        List<Double> said = new ArrayList<>();
        for (Generation generation : firsts(plan.prefillTokens(), 1, plan.rounds())) {
            double tokens = tokensIn(generation);
            counts.add(tokens);
            seen.add(tokens * 1e9 / firstNanos(generation));
            said(generation, "time_to_first_token_ms").ifPresent(ms -> said.add(tokens * 1e3 / ms));
        }
        return List.of(
                new Spread("prompt", "tokens", counts),
                new Spread("prefill, by the client", TOKEN_RATE, seen),
                new Spread("prefill, by the worker", TOKEN_RATE, said));
    }

    /** Time to the first token after the short prompt. */
    public List<Spread> firstToken() throws InterruptedException, MeasurementFailure {
        List<Double> counts = new ArrayList<>();
        List<Double> seen = new ArrayList<>();
        List<Double> said = new ArrayList<>();
        for (Generation generation : firsts(plan.shortTokens(), plan.firstTokenRounds(), plan.firstTokenRounds())) {
            counts.add(tokensIn(generation));
            seen.add(firstNanos(generation) / 1e6);
            said(generation, "time_to_first_token_ms").ifPresent(said::add);
        }
        return List.of(
                new Spread("short prompt", "tokens", counts),
                new Spread("time to first token, by the client", MILLIS, seen),
                new Spread("time to first token, by the worker", MILLIS, said));
    }

    /** Generations of few tokens after prompts of that length, each beginning with another letter, after some to warm up. */
    private List<Generation> firsts(int tokens, int warmUps, int rounds)
            throws InterruptedException, MeasurementFailure {
        String sized = sized(tokens);
        List<Generation> generations = new ArrayList<>();
        for (int round = -warmUps; round < rounds; round++) {
            Generation generation = generate((char) ('A' + Math.floorMod(round, 26)) + sized.substring(1), 2);
            if (round >= 0) {
                generations.add(generation);
            }
        }
        return generations;
    }

    /** A prompt that begins with a letter and has exactly that many tokens, or about so many where none can be found. */
    private String sized(int tokens) throws InterruptedException, MeasurementFailure {
        PromptSizer sizer = new PromptSizer(client, wire, jobIds, limit);
        Optional<String> exact = sizer.prompt("A", "", tokens).map(SizedPrompt::prompt);
        if (exact.isPresent()) {
            return exact.get();
        }
        int few = counted(sizer, "A" + WORD.repeat(SAMPLE));
        double each = (counted(sizer, "A" + WORD.repeat(2 * SAMPLE)) - few) / (double) SAMPLE;
        double fixed = few - each * SAMPLE;
        return "A" + WORD.repeat(Math.max(0, (int) Math.round((tokens - fixed) / Math.max(each, LEAST_EACH))));
    }

    private static int counted(PromptSizer sizer, String prompt) throws InterruptedException, MeasurementFailure {
        return sizer.count(prompt).orElseThrow(() -> new MeasurementFailure(UNCOUNTED));
    }

    private Generation generate(String prompt, int tokens) throws InterruptedException, MeasurementFailure {
        GenerationRequest request = GenerationRequest.greedy(jobIds.get(), prompt, tokens);
        Generation generation = Generation.of(client.send(wire.call("measure", request), limit));
        if (!generation.ended()) {
            throw new MeasurementFailure(
                    "A generation of %d tokens did not come to its end: %s.".formatted(tokens, generation.outcome()));
        }
        return generation;
    }

    /** When the first step's result came: the first token, or the end where the model ended the text with it. */
    private static long firstNanos(Generation generation) {
        return generation.firstTokenNanos().orElse(generation.durationNanos());
    }

    private double tokensIn(Generation generation) throws MeasurementFailure {
        return generation
                .tokensIn()
                .orElseThrow(() -> new MeasurementFailure(UNCOUNTED))
                .doubleValue();
    }

    /** Tokens a second from the first token to the last. */
    private static OptionalDouble rate(Generation generation) {
        long nanos = generation.gapNanos().stream().mapToLong(Long::longValue).sum();
        return nanos == 0 ? OptionalDouble.empty() : OptionalDouble.of((generation.tokenCount() - 1) * 1e9 / nanos);
    }

    /** A number of the last {@code metrics} event, where the worker sends one that is above 0. */
    private static OptionalDouble said(Generation generation, String name) {
        return generation.stream().events().reversed().stream()
                .filter(event -> event.type().equals("metrics"))
                .mapToDouble(event -> number(event, name))
                .filter(value -> value > 0)
                .findFirst();
    }

    private static double number(SseEvent event, String name) {
        return JsonText.parse(event.data()) instanceof JsonReading.Value value
                ? value.node().path(name).asDouble(0)
                : 0;
    }
}
