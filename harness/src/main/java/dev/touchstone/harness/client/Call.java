package dev.touchstone.harness.client;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that a scenario wants sent, before the target adds host and token.
 *
 * @param label what it is for, in a few words
 * @param path begins with a slash, may carry a query
 * @param headers extra headers, in order; {@code Content-Type} belongs here; an {@code Authorization} given here
 *     replaces the target's token, an empty one sends none
 * @param body raw bytes; empty for none
 */
public record Call(String label, String method, String path, Map<String, String> headers, byte[] body) {

    public Call {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    public static Call get(String label, String path) {
        return new Call(label, "GET", path, Map.of(), new byte[0]);
    }

    public static Call postJson(String label, String path, String json) {
        return postJson(label, path, json.getBytes(StandardCharsets.UTF_8));
    }

    /** A POST whose body need not be valid text. */
    public static Call postJson(String label, String path, byte[] json) {
        return new Call(label, "POST", path, Map.of("Content-Type", "application/json"), json);
    }

    /** The same call with one header set. */
    public Call withHeader(String name, String value) {
        var changed = new LinkedHashMap<>(headers);
        changed.keySet().removeIf(name::equalsIgnoreCase);
        changed.put(name, value);
        return new Call(label, method, path, changed, body);
    }

    /** The same call without the target's token. */
    public Call withoutToken() {
        return withHeader("Authorization", "");
    }
}
