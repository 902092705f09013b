package dev.touchstone.worker.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.worker.generate.SamplingOptions;
import java.math.BigInteger;
import java.util.OptionalInt;
import java.util.Set;

/** Checks the body of POST /execute against {@code wire.md}. */
final class RequestParser {
    private static final int MAX_ID = 128;
    private static final Set<String> FIELDS = Set.of(
            "job_id",
            "prompt",
            "max_tokens",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "repetition_penalty",
            "stop",
            "seed");

    private final int vocabSize;
    private final int maxPromptCharacters;

    RequestParser(int vocabSize, int maxPromptCharacters) {
        this.vocabSize = vocabSize;
        this.maxPromptCharacters = maxPromptCharacters;
    }

    static boolean isField(String name) {
        return FIELDS.contains(name);
    }

    ExecuteRequest execute(byte[] body) throws RefusedRequest {
        JsonNode json = JsonReader.object(body);
        Fields fields = new Fields(json, false);
        String id = jobId(json);
        String prompt = fields.text(
                "prompt", "prompt must be a string of 1 to " + maxPromptCharacters + " characters of valid Unicode.");
        Fields.checkText("prompt", prompt, 1, maxPromptCharacters);
        OptionalInt maxTokens = fields.absent("max_tokens")
                ? OptionalInt.empty()
                : OptionalInt.of(fields.integer("max_tokens", 0, 1, ContextLimit.MAX_TOKENS));
        SamplingOptions options = new SamplingOptions(
                fields.number("temperature", 1.0, 0, 2),
                fields.number("top_p", 1.0, 0, 1),
                fields.integer("top_k", 0, 0, vocabSize),
                fields.number("min_p", 0.0, 0, 1),
                fields.penalty(),
                fields.seed(BigInteger.ZERO));
        return new ExecuteRequest(id, prompt, maxTokens, options, fields.stops(false));
    }

    static String jobId(JsonNode json) throws RefusedRequest {
        String rule = "job_id must be a string of 1 to 128 visible characters.";
        String id = new Fields(json, false).text("job_id", rule);
        boolean visible = id.codePoints().noneMatch(RequestParser::invisible);
        if (id.isBlank() || id.codePointCount(0, id.length()) > MAX_ID || !visible) {
            throw RefusedRequest.invalid("job_id", rule);
        }
        return id;
    }

    private static boolean invisible(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.FORMAT
                || type == Character.SURROGATE;
    }
}
