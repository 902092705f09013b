package dev.touchstone.worker.http;

import dev.touchstone.worker.job.ErrorCode;
import java.util.OptionalInt;

/** How many tokens a job may have. The longest prompt in characters is a matter of memory, not of the model. */
public record ContextLimit(int contextLength) {
    /** Most tokens that one job may generate. */
    public static final int MAX_TOKENS = 2048;

    /** Unicode characters; any prompt of 32,768 is accepted if it fits the context. */
    public int maxPromptCharacters() {
        return Math.clamp(16L * contextLength, 32_768, 131_072);
    }

    /** Refuses, as too long for the context, a text that is not even worth counting in tokens. */
    public void checkCharacters(String field, String text) throws RefusedRequest {
        int length = text.codePointCount(0, text.length());
        if (length > maxPromptCharacters()) {
            throw new RefusedRequest(
                    400,
                    ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                    field,
                    field + " must have at most " + maxPromptCharacters() + " characters, but has " + length + ".");
        }
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
