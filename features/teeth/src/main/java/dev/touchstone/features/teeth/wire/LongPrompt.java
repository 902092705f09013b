package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;

/**
 * A request to generate that the worker refused as too long for the context, with the numbers that it told.
 *
 * @param context the worker's context length in tokens
 */
record LongPrompt(ClientRequest request, SmallAnswer refusal, int promptTokens, int maxTokens, int context) {

    private static final String CODE = "CONTEXT_LENGTH_EXCEEDED";
    /** With so many tokens to generate, every prompt is too long for a small context. */
    private static final int MOST_TOKENS = 2048;

    private static final int TRIES = 8;

    /** Reads a refusal; empty where it is another answer. */
    static Optional<LongPrompt> of(ClientRequest request, SmallAnswer answer) {
        return answer.hasCode(CODE)
                ? answer.json()
                        .map(o -> new LongPrompt(
                                request,
                                answer,
                                o.path("prompt_tokens").asInt(),
                                o.path("max_tokens").asInt(),
                                o.path("context_length").asInt()))
                : Optional.empty();
    }

    /** The number of tokens in the request's prompt, by the worker's refusal of it with very many tokens to generate. */
    static Optional<LongPrompt> counted(Passage passage) throws IOException {
        ClientRequest probe = passage.request().edited(o -> o.put("max_tokens", MOST_TOKENS));
        WorkerAnswer answer = passage.ask(probe);
        var whole =
                new SmallAnswer(answer.head(), new String(answer.allOfBody(), java.nio.charset.StandardCharsets.UTF_8));
        return of(passage.request(), whole).filter(counted -> counted.context > 0);
    }

    /** Asks for as much of the prompt's end as fits, and returns the answer; the prompt is cut by characters. */
    WorkerAnswer askForTail(Passage passage) throws IOException {
        int tokens = Math.max(1, Math.min(maxTokens, context / 2));
        String prompt = request.json().map(o -> o.path("prompt").asText()).orElse("");
        double share = Math.min(0.95, 0.95 * (context - tokens) / Math.max(1, promptTokens));
        WorkerAnswer answer = passage.ask(cut(prompt, share, tokens));
        for (int n = 0; n < TRIES && answer.head().status() != 200; n++) {
            answer.allOfBody();
            share *= 0.8;
            answer = passage.ask(cut(prompt, share, tokens));
        }
        return answer;
    }

    private ClientRequest cut(String prompt, double share, int tokens) {
        String tail = prompt.substring(prompt.length() - (int) Math.max(1, prompt.length() * share));
        return request.edited(o -> {
            o.put("prompt", tail);
            o.put("max_tokens", tokens);
        });
    }

    /** Puts the number of the whole prompt's tokens into what an event says. */
    Frame telling(Frame frame) {
        return frame.json().filter(o -> o.has("tokens_in")).isPresent()
                ? frame.edited((ObjectNode o) -> o.put("tokens_in", promptTokens))
                : frame;
    }
}
