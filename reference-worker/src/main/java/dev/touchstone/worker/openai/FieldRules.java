package dev.touchstone.worker.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.worker.http.RefusedRequest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which fields of the API reference may be there, and with which values: a field that would change the answer is honoured
 * or refused. A field that nobody knows is refused too, as the API itself does, for it may be another server's option.
 */
final class FieldRules {
    /** Read and honoured elsewhere; the last three are the native dialect's, which other servers take here as well. */
    private static final Set<String> HONOURED = Set.of(
            "model",
            "max_tokens",
            "temperature",
            "top_p",
            "stop",
            "seed",
            "stream",
            "stream_options",
            "top_k",
            "min_p",
            "repetition_penalty");

    /** They say who asks, or what may be kept or cached: the text is the same without them. */
    private static final Set<String> IGNORED = Set.of(
            "user",
            "metadata",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_retention",
            "parallel_tool_calls");

    private static final Map<String, Rule> COMMON = Map.ofEntries(
            rule("n", "only 1 is accepted", node -> node.isIntegralNumber() && node.asLong() == 1),
            rule("presence_penalty", "only 0 is accepted", FieldRules::zero),
            rule("frequency_penalty", "only 0 is accepted", FieldRules::zero),
            rule("logit_bias", "only an empty object is accepted", node -> node.isObject() && node.isEmpty()));

    private static final Map<String, Rule> COMPLETION = Map.ofEntries(
            rule("echo", "only false is accepted", FieldRules::off),
            rule(
                    "suffix",
                    "only an empty string is accepted",
                    node -> node.isTextual() && node.asText().isEmpty()),
            rule("best_of", "only 1 is accepted", node -> node.isIntegralNumber() && node.asLong() == 1),
            rule("logprobs", "only null is accepted", node -> false));

    private static final Map<String, Rule> CHAT = Map.ofEntries(
            rule("logprobs", "only false is accepted", FieldRules::off),
            rule("top_logprobs", "only null is accepted", node -> false),
            rule("tools", "only an empty array is accepted", FieldRules::emptyArray),
            rule("functions", "only an empty array is accepted", FieldRules::emptyArray),
            rule("tool_choice", "only none and auto are accepted", node -> one(node, "none", "auto")),
            rule("function_call", "only none and auto are accepted", node -> one(node, "none", "auto")),
            rule(
                    "response_format",
                    "only {\"type\":\"text\"} is accepted",
                    node -> node.size() == 1 && one(node.path("type"), "text")),
            rule("modalities", "only [\"text\"] is accepted", node -> node.size() == 1 && one(node.path(0), "text")),
            rule("audio", "only null is accepted", node -> false),
            rule("prediction", "only null is accepted", node -> false),
            rule("web_search_options", "only null is accepted", node -> false),
            rule("reasoning_effort", "only none is accepted", node -> one(node, "none")),
            rule("verbosity", "only medium is accepted", node -> one(node, "medium")),
            rule("service_tier", "only auto and default are accepted", node -> one(node, "auto", "default")),
            rule("store", "only false is accepted", FieldRules::off));

    private final boolean chat;

    FieldRules(boolean chat) {
        this.chat = chat;
    }

    /** Refuses the first field that asks for what the worker does not do; null counts as absent. */
    void check(JsonNode json) throws RefusedRequest {
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (!field.getValue().isNull()) {
                check(field.getKey(), field.getValue());
            }
        }
    }

    private void check(String name, JsonNode value) throws RefusedRequest {
        Optional<Rule> rule = Optional.ofNullable((chat ? CHAT : COMPLETION).get(name))
                .or(() -> Optional.ofNullable(COMMON.get(name)));
        if (rule.isPresent()) {
            if (!rule.get().accepted().test(value)) {
                throw new UnsupportedField(name, rule.get().says());
            }
        } else if (!own(name) && !HONOURED.contains(name) && !IGNORED.contains(name)) {
            throw unknown(name);
        }
    }

    private boolean own(String name) {
        return chat ? name.equals("messages") || name.equals("max_completion_tokens") : name.equals("prompt");
    }

    private static RefusedRequest unknown(String name) {
        String shown = name.length() <= 64 && name.matches("[A-Za-z0-9_.-]+") ? name : "body";
        return shown.equals(name)
                ? new UnsupportedField(name, "it is no field that this route knows")
                : RefusedRequest.invalid("body", "body has a field that this route does not know.");
    }

    private static Map.Entry<String, Rule> rule(String name, String says, Predicate<JsonNode> accepted) {
        return Map.entry(name, new Rule(says, accepted));
    }

    private static boolean zero(JsonNode node) {
        return node.isNumber() && node.doubleValue() == 0;
    }

    private static boolean off(JsonNode node) {
        return node.isBoolean() && !node.booleanValue();
    }

    private static boolean emptyArray(JsonNode node) {
        return node.isArray() && node.isEmpty();
    }

    private static boolean one(JsonNode node, String... accepted) {
        return node.isTextual() && Set.of(accepted).contains(node.asText());
    }

    private record Rule(String says, Predicate<JsonNode> accepted) {}
}
