package dev.touchstone.harness.target;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.client.Wire;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.json.JsonReading;
import dev.touchstone.harness.json.JsonText;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Finds prompts of an exact number of tokens from outside, by the worker's own counts: {@code prompt_tokens} of a
 * refusal, which costs no inference, or else those of an answer. Works with any tokenizer for which
 * repeating some short word adds tokens one by one. Thread-safe.
 */
public final class PromptSizer {
    /** The largest max_tokens of the contract; with it every prompt near the end of the context is refused. */
    private static final int MOST_TOKENS = 2048;
    /** Prompts up to this many characters are always accepted when they fit the context. */
    private static final int MOST_CHARACTERS = 32_768;

    private static final int ROUNDS = 12;
    private static final List<String> WORDS = List.of(" a", " the", " one", "\nx", "!?");

    private final WorkerClient client;
    private final Wire wire;
    private final Supplier<String> jobIds;
    private final Duration limit;

    /** @param limit for one request */
    public PromptSizer(WorkerClient client, Wire wire, Supplier<String> jobIds, Duration limit) {
        this.client = client;
        this.wire = wire;
        this.jobIds = jobIds;
        this.limit = limit;
    }

    /** A prompt of exactly that many tokens, or nothing where none was found within the accepted size. */
    public Optional<String> prompt(int tokens) throws InterruptedException {
        for (String word : WORDS) {
            Optional<String> found = prompt(tokens, word);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** The number of tokens that the worker counts in a prompt, where it tells. */
    public Optional<Integer> count(String prompt) throws InterruptedException {
        try (StreamingCall call = client.open(request(prompt, MOST_TOKENS))) {
            if (call.awaitHead(limit) && call.soFar().status() == 200) {
                call.abandon();
            } else {
                Optional<Integer> told = refused(call.awaitEnd(limit).bodyText());
                if (told.isPresent()) {
                    return told;
                }
            }
        }
        return Generation.of(client.send(request(prompt, 1), limit))
                .tokensIn()
                .filter(n -> n.bitLength() < Integer.SIZE)
                .map(BigInteger::intValue);
    }

    private Optional<String> prompt(int tokens, String word) throws InterruptedException {
        Set<Integer> tried = new HashSet<>();
        int repeats = tokens;
        for (int round = 0; round < ROUNDS && repeats > 0 && tried.add(repeats); round++) {
            if ((long) repeats * word.length() > MOST_CHARACTERS) {
                return Optional.empty();
            }
            String prompt = word.repeat(repeats);
            Optional<Integer> counted = count(prompt);
            if (counted.isEmpty()) {
                return Optional.empty();
            }
            if (counted.get() == tokens) {
                return Optional.of(prompt);
            }
            repeats = next(repeats, counted.get(), tokens);
        }
        return Optional.empty();
    }

    /** Scales while far off, then goes step by step. */
    private static int next(int repeats, int counted, int tokens) {
        int missing = tokens - counted;
        boolean far = Math.abs(missing) > 8 && counted > 0;
        return far ? (int) Math.round((double) repeats * tokens / counted) : repeats + missing;
    }

    private Call request(String prompt, int maxTokens) {
        return wire.call("count the tokens of a prompt", GenerationRequest.greedy(jobIds.get(), prompt, maxTokens));
    }

    /** What a refusal tells; the OpenAI dialect has no place for it, but some workers name it within the error. */
    private static Optional<Integer> refused(String json) {
        return JsonText.parse(json) instanceof JsonReading.Value value
                ? Stream.of(value.node(), value.node().path("error"))
                        .map(node -> node.path("prompt_tokens"))
                        .filter(n -> n.isIntegralNumber() && n.canConvertToInt())
                        .map(JsonNode::intValue)
                        .findFirst()
                : Optional.empty();
    }
}
