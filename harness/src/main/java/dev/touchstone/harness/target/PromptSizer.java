package dev.touchstone.harness.target;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.json.JsonReading;
import dev.touchstone.harness.json.JsonText;
import dev.touchstone.harness.sse.SseReader;
import dev.touchstone.harness.transcript.Exchange;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Finds prompts of an exact number of tokens from outside, by the worker's own counts: {@code prompt_tokens} of a
 * refusal, which costs no inference, or else {@code tokens_in} of an end event. Works with any tokenizer for which
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
    private final Supplier<String> jobIds;
    private final Duration limit;

    /** @param limit for one request */
    public PromptSizer(WorkerClient client, Supplier<String> jobIds, Duration limit) {
        this.client = client;
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
                return member(call.awaitEnd(limit).bodyText(), "prompt_tokens");
            }
        }
        return served(client.send(request(prompt, 1), limit));
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
        return GenerationRequest.greedy(jobIds.get(), prompt, maxTokens).call("count the tokens of a prompt");
    }

    private static Optional<Integer> served(Exchange exchange) {
        return SseReader.read(exchange).events().stream()
                .filter(event -> event.type().equals("end"))
                .findFirst()
                .flatMap(event -> member(event.data(), "tokens_in"));
    }

    private static Optional<Integer> member(String json, String name) {
        return JsonText.parse(json) instanceof JsonReading.Value value
                ? Optional.of(value.node().path(name))
                        .filter(node -> node.isIntegralNumber() && node.canConvertToInt())
                        .map(JsonNode::intValue)
                : Optional.empty();
    }
}
