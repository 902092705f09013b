package dev.touchstone.worker.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.worker.generate.SamplingOptions;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Checks the body of POST /execute against {@code wire.md}. Nothing is coerced: "10" and 1.5 are not integers. */
final class RequestParser {
    static final int MAX_TOKENS = 2048;
    private static final int MAX_ID = 128;
    private static final int MAX_STOPS = 4;
    private static final int MAX_STOP_LENGTH = 256;
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
    private static final SecureRandom SEEDS = new SecureRandom();

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
        String id = jobId(json);
        String prompt = prompt(json);
        OptionalInt maxTokens = absent(json, "max_tokens")
                ? OptionalInt.empty()
                : OptionalInt.of(integer(json, "max_tokens", 0, 1, MAX_TOKENS));
        SamplingOptions options = new SamplingOptions(
                number(json, "temperature", 1.0, 0, 2),
                number(json, "top_p", 1.0, 0, 1),
                integer(json, "top_k", 0, 0, vocabSize),
                number(json, "min_p", 0.0, 0, 1),
                penalty(json),
                seed(json));
        return new ExecuteRequest(id, prompt, maxTokens, options, stops(json));
    }

    static String jobId(JsonNode json) throws RefusedRequest {
        String id = text(json, "job_id", "job_id must be a string of 1 to 128 visible characters.");
        boolean visible = id.codePoints().noneMatch(RequestParser::invisible);
        if (id.isBlank() || id.codePointCount(0, id.length()) > MAX_ID || !visible) {
            throw RefusedRequest.invalid("job_id", "job_id must be a string of 1 to 128 visible characters.");
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

    private String prompt(JsonNode json) throws RefusedRequest {
        String rule = "prompt must be a string of 1 to " + maxPromptCharacters + " characters of valid Unicode";
        String prompt = text(json, "prompt", rule + ".");
        int length = prompt.codePointCount(0, prompt.length());
        if (length < 1 || length > maxPromptCharacters) {
            throw RefusedRequest.invalid("prompt", rule + ", but has " + length + ".");
        }
        if (loneSurrogate(prompt)) {
            throw RefusedRequest.invalid("prompt", rule + ", but has a lone surrogate.");
        }
        return prompt;
    }

    private static List<String> stops(JsonNode json) throws RefusedRequest {
        String rule = "stop must be an array of at most 4 strings of 1 to 256 characters each.";
        List<String> stops = new ArrayList<>();
        if (!absent(json, "stop")) {
            JsonNode node = json.path("stop");
            if (!node.isArray() || node.size() > MAX_STOPS) {
                throw RefusedRequest.invalid("stop", rule);
            }
            for (JsonNode item : node) {
                String stop = item.textValue();
                if (stop == null
                        || stop.isEmpty()
                        || stop.codePointCount(0, stop.length()) > MAX_STOP_LENGTH
                        || loneSurrogate(stop)) {
                    throw RefusedRequest.invalid("stop", rule);
                }
                stops.add(stop);
            }
        }
        return stops;
    }

    private static long seed(JsonNode json) throws RefusedRequest {
        if (absent(json, "seed")) {
            return SEEDS.nextLong();
        }
        JsonNode node = json.path("seed");
        BigInteger seed = node.isIntegralNumber() ? node.bigIntegerValue() : BigInteger.ONE.negate();
        if (seed.signum() < 0 || seed.bitLength() > 64) {
            throw RefusedRequest.invalid("seed", "seed must be an integer from 0 to 18446744073709551615.");
        }
        return seed.longValue();
    }

    private static double penalty(JsonNode json) throws RefusedRequest {
        double penalty = number(json, "repetition_penalty", 1.0, 0, 2);
        if (penalty <= 0) {
            throw RefusedRequest.invalid(
                    "repetition_penalty",
                    "repetition_penalty must be above 0.0 and at most 2.0, but was " + penalty + ".");
        }
        return penalty;
    }

    private static int integer(JsonNode json, String field, int otherwise, int from, int to) throws RefusedRequest {
        if (absent(json, field)) {
            return otherwise;
        }
        JsonNode node = json.path(field);
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < from || node.intValue() > to) {
            throw RefusedRequest.invalid(
                    field, field + " must be an integer from " + from + " to " + to + was(node) + ".");
        }
        return node.intValue();
    }

    private static double number(JsonNode json, String field, double otherwise, double from, double to)
            throws RefusedRequest {
        if (absent(json, field)) {
            return otherwise;
        }
        JsonNode node = json.path(field);
        double value = node.isNumber() ? node.doubleValue() : Double.NaN;
        if (!(value >= from && value <= to)) {
            throw RefusedRequest.invalid(
                    field, field + " must be a number between " + from + " and " + to + was(node) + ".");
        }
        return value;
    }

    /** Only numbers are echoed, and only short ones. */
    private static String was(JsonNode node) {
        String text = node.isNumber() ? node.asText() : "";
        return text.isEmpty() || text.length() > 24 ? "" : ", but was " + text;
    }

    private static String text(JsonNode json, String field, String message) throws RefusedRequest {
        String value = json.path(field).textValue();
        if (value == null) {
            throw RefusedRequest.invalid(field, message);
        }
        return value;
    }

    private static boolean absent(JsonNode json, String field) {
        return json.path(field).isMissingNode();
    }

    private static boolean loneSurrogate(String text) {
        return text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE);
    }
}
