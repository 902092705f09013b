package dev.touchstone.harness.target;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.client.Wire;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.json.JsonReading;
import dev.touchstone.harness.json.JsonText;
import dev.touchstone.harness.transcript.BodyEnd;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Finds prompts of an exact number of tokens from outside, by the worker's own counts: {@code prompt_tokens} of a
 * refusal, which costs no inference, or else those of an answer. Works with any tokenizer for which
 * repeating some text adds the same number of tokens each time. Thread-safe.
 */
public final class PromptSizer {
    /** The largest max_tokens of the contract; with it every prompt near the end of the context is refused. */
    private static final int MOST_TOKENS = 2048;

    private final WorkerClient client;
    private final Wire wire;
    private final Supplier<String> jobIds;
    private final Duration limit;
    /** Whether a prompt that should have been refused was not answered; each further one would take as long. */
    private volatile boolean silent;

    /** @param limit for one request */
    public PromptSizer(WorkerClient client, Wire wire, Supplier<String> jobIds, Duration limit) {
        this.client = client;
        this.wire = wire;
        this.jobIds = jobIds;
        this.limit = limit;
    }

    /** A prompt of exactly that many tokens, or nothing where none was found. */
    public Optional<String> prompt(int tokens) throws InterruptedException {
        return prompt("", "", tokens).map(SizedPrompt::prompt);
    }

    /**
     * A prompt of exactly that many tokens that begins and ends with these words, or nothing where none was found. It is
     * over 32,768 characters only where no shorter one has so many tokens and the worker takes it.
     */
    public Optional<SizedPrompt> prompt(String head, String ending, int tokens) throws InterruptedException {
        return new PromptFitting(new Counts()).fit(new PromptFitting.Frame(head, ending), tokens);
    }

    private final class Counts implements PromptFitting.Counter {
        @Override
        public Optional<Integer> count(String prompt) throws InterruptedException {
            return PromptSizer.this.count(prompt);
        }

        @Override
        public Optional<Integer> countUnread(String prompt) throws InterruptedException {
            return told(prompt);
        }
    }

    /** The number of tokens that the worker counts in a prompt, where it tells. */
    public Optional<Integer> count(String prompt) throws InterruptedException {
        Optional<Integer> told = told(prompt);
        if (told.isPresent()) {
            return told;
        }
        return Generation.of(client.send(request(prompt, 1), limit))
                .tokensIn()
                .filter(n -> n.bitLength() < Integer.SIZE)
                .map(BigInteger::intValue);
    }

    /** What a refusal tells; where the worker serves the request instead, it is let go of at once. */
    private Optional<Integer> told(String prompt) throws InterruptedException {
        if (silent) {
            return Optional.empty();
        }
        try (StreamingCall call = client.open(request(prompt, MOST_TOKENS))) {
            boolean answered = call.awaitHead(limit);
            if (!answered || call.soFar().status() == 200) {
                silent = !answered && call.soFar().end() instanceof BodyEnd.TimedOut;
                call.abandon();
                return Optional.empty();
            }
            return refused(call.awaitEnd(limit).bodyText());
        }
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
