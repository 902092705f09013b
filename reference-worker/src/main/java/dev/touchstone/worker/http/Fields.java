package dev.touchstone.worker.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the fields of one JSON object. Nothing is coerced: "10" and 1.5 are not integers. A refusal names the field, what
 * is accepted, and the value where it is a short number.
 */
public final class Fields {
    private static final int MAX_STOPS = 4;
    private static final int MAX_STOP_LENGTH = 256;
    private static final SecureRandom SEEDS = new SecureRandom();

    private final JsonNode json;
    private final boolean nullIsAbsent;

    /** @param nullIsAbsent whether a field that is null counts as one that is not there */
    public Fields(JsonNode json, boolean nullIsAbsent) {
        this.json = json;
        this.nullIsAbsent = nullIsAbsent;
    }

    public boolean absent(String field) {
        JsonNode node = json.path(field);
        return node.isMissingNode() || (nullIsAbsent && node.isNull());
    }

    /** The field's value; a missing node where there is none. */
    public JsonNode node(String field) {
        return json.path(field);
    }

    public int integer(String field, int otherwise, int from, int to) throws RefusedRequest {
        if (absent(field)) {
            return otherwise;
        }
        JsonNode node = json.path(field);
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < from || node.intValue() > to) {
            throw RefusedRequest.invalid(
                    field, field + " must be an integer from " + from + " to " + to + was(node) + ".");
        }
        return node.intValue();
    }

    public double number(String field, double otherwise, double from, double to) throws RefusedRequest {
        if (absent(field)) {
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

    public boolean flag(String field) throws RefusedRequest {
        if (absent(field)) {
            return false;
        }
        if (!json.path(field).isBoolean()) {
            throw RefusedRequest.invalid(field, field + " must be true or false.");
        }
        return json.path(field).booleanValue();
    }

    public String text(String field, String message) throws RefusedRequest {
        String value = json.path(field).textValue();
        if (value == null) {
            throw RefusedRequest.invalid(field, message);
        }
        return value;
    }

    /** The repetition penalty, above 0. */
    public double penalty() throws RefusedRequest {
        double penalty = number("repetition_penalty", 1.0, 0, 2);
        if (penalty <= 0) {
            throw RefusedRequest.invalid(
                    "repetition_penalty",
                    "repetition_penalty must be above 0.0 and at most 2.0, but was " + penalty + ".");
        }
        return penalty;
    }

    /**
     * The seed as the 64 bits of an unsigned integer, drawn where none is given.
     *
     * @param least 0, or the least negative number that is taken as the same 64 bits
     */
    public long seed(BigInteger least) throws RefusedRequest {
        if (absent("seed")) {
            return SEEDS.nextLong();
        }
        JsonNode node = json.path("seed");
        boolean accepted = node.isIntegralNumber()
                && node.bigIntegerValue().compareTo(least) >= 0
                && (node.bigIntegerValue().signum() < 0
                        || node.bigIntegerValue().bitLength() <= 64);
        if (!accepted) {
            throw RefusedRequest.invalid("seed", "seed must be an integer from " + least + " to 18446744073709551615.");
        }
        return node.bigIntegerValue().longValue();
    }

    /** @param single whether one string may stand for an array of one */
    public List<String> stops(boolean single) throws RefusedRequest {
        if (absent("stop")) {
            return List.of();
        }
        JsonNode node = json.path("stop");
        if (single && node.isTextual()) {
            return List.of(stop(node, true));
        }
        if (!node.isArray() || node.size() > MAX_STOPS) {
            throw stopRule(single);
        }
        List<String> stops = new ArrayList<>();
        for (JsonNode item : node) {
            stops.add(stop(item, single));
        }
        return stops;
    }

    private static String stop(JsonNode node, boolean single) throws RefusedRequest {
        String stop = node.textValue();
        if (stop == null
                || stop.isEmpty()
                || stop.codePointCount(0, stop.length()) > MAX_STOP_LENGTH
                || loneSurrogate(stop)) {
            throw stopRule(single);
        }
        return stop;
    }

    private static RefusedRequest stopRule(boolean single) {
        return RefusedRequest.invalid(
                "stop",
                "stop must be " + (single ? "a string or " : "")
                        + "an array of at most 4 strings of 1 to 256 characters each.");
    }

    /** Refuses a text that is no valid Unicode or whose length in characters is not as accepted. */
    public static void checkText(String field, String text, int from, int to) throws RefusedRequest {
        String rule = field + " must be a string of " + from + " to " + to + " characters of valid Unicode";
        int length = text.codePointCount(0, text.length());
        if (length < from || length > to) {
            throw RefusedRequest.invalid(field, rule + ", but has " + length + ".");
        }
        if (loneSurrogate(text)) {
            throw RefusedRequest.invalid(field, rule + ", but has a lone surrogate.");
        }
    }

    private static boolean loneSurrogate(String text) {
        return text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE);
    }

    /** Only numbers are echoed, and only short ones. */
    private static String was(JsonNode node) {
        String text = node.isNumber() ? node.asText() : "";
        return text.isEmpty() || text.length() > 24 ? "" : ", but was " + text;
    }
}
