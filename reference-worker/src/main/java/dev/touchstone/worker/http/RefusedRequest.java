package dev.touchstone.worker.http;

import dev.touchstone.worker.job.ErrorCode;

/** A request that ends in a JSON error body before any event. The message is one sentence, safe to show to anyone. */
public class RefusedRequest extends Exception {
    private final int status;
    private final ErrorCode code;
    private final String field;
    private final String counts;

    /** @param field the offending field, or empty */
    public RefusedRequest(int status, ErrorCode code, String field, String message) {
        this(status, code, field, message, "");
    }

    private RefusedRequest(int status, ErrorCode code, String field, String message, String counts) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.field = field;
        this.counts = counts;
    }

    public static RefusedRequest invalid(String field, String message) {
        return new RefusedRequest(400, ErrorCode.INVALID_REQUEST, field, message);
    }

    static RefusedRequest contextExceeded(String field, int promptTokens, int maxTokens, int contextLength) {
        String message = field + " and max_tokens must fit the context of " + contextLength
                + " tokens, but the prompt has " + promptTokens + " tokens and max_tokens is " + maxTokens + ".";
        String counts = ",\"prompt_tokens\":" + promptTokens + ",\"max_tokens\":" + maxTokens + ",\"context_length\":"
                + contextLength;
        return new RefusedRequest(400, ErrorCode.CONTEXT_LENGTH_EXCEEDED, field, message, counts);
    }

    public int status() {
        return status;
    }

    public ErrorCode code() {
        return code;
    }

    /** The offending field, or empty. */
    public String field() {
        return field;
    }

    public String text() {
        return String.valueOf(getMessage());
    }

    String body() {
        return JsonBodies.error(code, field, text(), counts);
    }
}
