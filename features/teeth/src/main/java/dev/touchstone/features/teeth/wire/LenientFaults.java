package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.function.Supplier;

/** Invalid values that are made valid and served: clamped, cast, cut, left out, made up. */
final class LenientFaults {

    private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            edit("values-clamped", LenientFaults::clampAll),
            edit("temperature-clamped", o -> clamp(o, "temperature", 0, 2)),
            edit("top-p-clamped", o -> clamp(o, "top_p", 0, 1)),
            edit("min-p-clamped", o -> clamp(o, "min_p", 0, 1)),
            edit("penalty-clamped", o -> clamp(o, "repetition_penalty", 0.01, 2)),
            edit("penalty-of-zero-is-off", o -> replace(o, "repetition_penalty", n -> isNumber(n, 0), 1)),
            edit("negative-top-k-is-off", o -> replace(o, "top_k", n -> n.isNumber() && n.doubleValue() < 0, 0)),
            edit("top-k-overflows", o -> replace(o, "top_k", n -> n.isIntegralNumber() && !n.canConvertToInt(), 0)),
            edit("max-tokens-capped", o -> replace(o, "max_tokens", n -> n.isInt() && n.intValue() > 2048, 2048)),
            edit("max-tokens-of-zero-is-all", o -> remove(o, "max_tokens", n -> isNumber(n, 0))),
            edit("max-tokens-of-minus-one-is-all", o -> remove(o, "max_tokens", n -> isNumber(n, -1))),
            edit("fractions-cut-off", LenientFaults::cutFractions),
            edit("numbers-in-strings-read", LenientFaults::readStrings),
            edit("unreadable-numbers-ignored", LenientFaults::ignoreUnreadable),
            edit("booleans-as-numbers", o -> replace(o, "temperature", JsonNode::isBoolean, 1)),
            edit("seed-wraps", LenientFaults::wrapSeed),
            edit("seed-of-minus-one-is-random", o -> remove(o, "seed", n -> isNumber(n, -1))),
            edit("stop-string-taken", LenientFaults::wrapStop),
            edit("stop-of-another-type-ignored", o -> remove(o, "stop", n -> !n.isArray() && !n.isTextual())),
            edit(
                    "stop-items-dropped",
                    o -> eachStop(o, n -> n.isTextual() && !n.asText().isEmpty())),
            edit("long-stops-dropped", o -> eachStop(o, n -> n.asText().length() <= 256)),
            edit("fifth-stop-dropped", LenientFaults::fourStops),
            edit("job-id-made-up", LenientFaults::makeUpId),
            edit("job-id-of-another-type-taken", o -> textOf(o, "job_id")),
            edit("long-job-id-cut", LenientFaults::cutId),
            edit("missing-prompt-served", LenientFaults::makeUpPrompt),
            edit(
                    "empty-prompt-served",
                    o -> replaceText(
                            o, "prompt", n -> n.isTextual() && n.asText().isEmpty(), " ")),
            edit("prompt-of-another-type-taken", o -> textOf(o, "prompt")),
            Map.entry("nan-read-as-a-number", () -> Repair.text(t -> t.replaceAll(":\\s*-?(NaN|Infinity)", ":1"))),
            Map.entry(
                    "rest-of-the-body-ignored",
                    () -> Repair.text(t -> t.endsWith("} {}") ? t.substring(0, t.length() - 3) : t)),
            Map.entry(
                    "array-of-one-request-served",
                    () -> Repair.text(
                            t -> t.startsWith("[{") && t.endsWith("}]") ? t.substring(1, t.length() - 1) : t)),
            Map.entry("truncated-body-completed", () -> Repair.text(LenientFaults::completed)));

    private LenientFaults() {}

    private static Map.Entry<String, Supplier<TrafficChange>> edit(String id, Repair.Edit edit) {
        return Map.entry(id, () -> Repair.json(edit));
    }

    /** A condition on a member's value. */
    @FunctionalInterface
    private interface Value {
        boolean fits(JsonNode node);
    }

    private static boolean isNumber(JsonNode node, double value) {
        return node.isNumber() && node.doubleValue() == value;
    }

    private static boolean replace(ObjectNode o, String name, Value which, int value) {
        boolean hit = o.has(name) && which.fits(o.get(name));
        if (hit) {
            o.put(name, value);
        }
        return hit;
    }

    private static boolean replaceText(ObjectNode o, String name, Value which, String value) {
        boolean hit = o.has(name) && which.fits(o.get(name));
        if (hit) {
            o.put(name, value);
        }
        return hit;
    }

    private static boolean remove(ObjectNode o, String name, Value which) {
        boolean hit = o.has(name) && which.fits(o.get(name));
        if (hit) {
            o.remove(name);
        }
        return hit;
    }

    private static boolean clamp(ObjectNode o, String name, double from, double to) {
        JsonNode node = o.path(name);
        double clamped = Math.clamp(node.doubleValue(), from, to);
        boolean hit = node.isNumber() && clamped != node.doubleValue();
        if (hit) {
            o.set(name, DoubleNode.valueOf(clamped));
        }
        return hit;
    }

    private static boolean clampAll(ObjectNode o) {
        boolean low = replace(o, "max_tokens", n -> n.isIntegralNumber() && n.doubleValue() < 1, 1);
        boolean high = replace(o, "max_tokens", n -> n.isIntegralNumber() && n.doubleValue() > 2048, 2048);
        boolean topK = replace(o, "top_k", n -> n.isIntegralNumber() && n.doubleValue() < 0, 0);
        boolean seed = replace(
                o, "seed", n -> n.isIntegralNumber() && n.bigIntegerValue().signum() < 0, 0);
        boolean temperature = clamp(o, "temperature", 0, 2);
        boolean topP = clamp(o, "top_p", 0, 1);
        boolean minP = clamp(o, "min_p", 0, 1);
        boolean penalty = clamp(o, "repetition_penalty", 0.01, 2);
        return low || high || topK || seed || temperature || topP || minP || penalty;
    }

    private static boolean cutFractions(ObjectNode o) {
        boolean any = false;
        for (String name : new String[] {"max_tokens", "top_k", "seed"}) {
            any |= replace(o, name, n -> n.isFloatingPointNumber(), o.path(name).intValue());
        }
        return any;
    }

    private static boolean readStrings(ObjectNode o) {
        boolean any = false;
        for (String name : new String[] {"max_tokens", "temperature", "top_p", "top_k", "seed"}) {
            JsonNode node = o.path(name);
            if (node.isTextual() && node.asText().matches("-?\\d+(\\.\\d+)?")) {
                o.set(name, DecimalNode.valueOf(new BigDecimal(node.asText())));
                any = true;
            }
        }
        return any;
    }

    private static boolean ignoreUnreadable(ObjectNode o) {
        boolean any = false;
        for (String name : new String[] {"max_tokens", "temperature", "top_p", "top_k", "seed"}) {
            any |= remove(o, name, n -> n.isTextual() && !n.asText().matches("-?\\d+(\\.\\d+)?"));
        }
        return any;
    }

    private static boolean wrapSeed(ObjectNode o) {
        JsonNode seed = o.path("seed");
        boolean hit = seed.isIntegralNumber()
                && (seed.bigIntegerValue().signum() < 0
                        || seed.bigIntegerValue().bitLength() > 64);
        if (hit) {
            o.put("seed", seed.bigIntegerValue().mod(TWO_64));
        }
        return hit;
    }

    private static boolean wrapStop(ObjectNode o) {
        boolean hit = o.path("stop").isTextual();
        if (hit) {
            o.set("stop", o.arrayNode().add(o.path("stop").asText()));
        }
        return hit;
    }

    private static boolean eachStop(ObjectNode o, Value kept) {
        if (!(o.path("stop") instanceof ArrayNode stops)) {
            return false;
        }
        ArrayNode fit = o.arrayNode();
        stops.forEach(stop -> {
            if (kept.fits(stop)) {
                fit.add(stop);
            }
        });
        o.set("stop", fit);
        return fit.size() < stops.size();
    }

    private static boolean fourStops(ObjectNode o) {
        boolean hit = o.path("stop") instanceof ArrayNode stops && stops.size() > 4;
        while (o.path("stop") instanceof ArrayNode stops && stops.size() > 4) {
            stops.remove(4);
        }
        return hit;
    }

    private static boolean makeUpId(ObjectNode o) {
        boolean hit = o.path("job_id").isMissingNode()
                || (o.path("job_id").isTextual() && o.path("job_id").asText().isEmpty());
        if (hit) {
            o.put("job_id", "made-up-" + System.nanoTime());
        }
        return hit;
    }

    private static boolean cutId(ObjectNode o) {
        String id = o.path("job_id").asText();
        if (id.length() > 128) {
            o.put("job_id", id.substring(0, 128));
        }
        return id.length() > 128;
    }

    private static boolean makeUpPrompt(ObjectNode o) {
        boolean hit = !o.has("prompt") && o.has("job_id");
        if (hit) {
            o.put("prompt", " ");
        }
        return hit;
    }

    private static boolean textOf(ObjectNode o, String name) {
        JsonNode node = o.path(name);
        boolean hit = node.isNumber() || node.isArray();
        if (hit) {
            o.put(name, node.isArray() && node.isEmpty() ? " " : node.toString());
        }
        return hit;
    }

    private static String completed(String body) {
        boolean cut = body.startsWith("{") && !body.strip().endsWith("}") && body.contains("\"prompt\":\"");
        return cut ? body + "\"}" : body;
    }
}
