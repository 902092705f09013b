package dev.touchstone.worker.http;

import java.util.OptionalInt;

/** How many tokens a job may have. The longest prompt in characters is a matter of memory, not of the model. */
public record ContextLimit(int contextLength) {
    /** Most tokens that one job may generate. */
    public static final int MAX_TOKENS = 2048;

    /** Unicode characters; any prompt of 32,768 is accepted if it fits the context. */
    public int maxPromptCharacters() {
        return Math.clamp(16L * contextLength, 32_768, 131_072);
    }

    /**
     * The number of tokens to generate, so that prompt and output fit the context.
     *
     * @param field where the prompt stands in the request
     * @param otherwise what is generated at most where nothing is asked for
     */
    public int maxTokens(String field, int promptTokens, OptionalInt asked, int otherwise) throws RefusedRequest {
        if (promptTokens == 0) {
            throw RefusedRequest.invalid(field, field + " must hold text that encodes to 1 token or more.");
        }
        int maxTokens = asked.orElse(Math.max(1, Math.min(otherwise, contextLength - promptTokens)));
        if (promptTokens + maxTokens > contextLength) {
            throw RefusedRequest.contextExceeded(field, promptTokens, maxTokens, contextLength);
        }
        return maxTokens;
    }
}
