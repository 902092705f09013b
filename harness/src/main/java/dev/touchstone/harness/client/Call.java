package dev.touchstone.harness.client;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that a scenario wants sent, before the target adds host and token.
 *
 * @param label what it is for, in a few words
 * @param headers extra headers, in order; {@code Content-Type} belongs here
 * @param body raw bytes; empty for none
 */
public record Call(String label, String method, String path, Map<String, String> headers, byte[] body) {

    public Call {
        headers = Map.copyOf(new LinkedHashMap<>(headers));
    }

    public static Call get(String label, String path) {
        return new Call(label, "GET", path, Map.of(), new byte[0]);
    }

    public static Call postJson(String label, String path, String json) {
        return new Call(
                label, "POST", path, Map.of("Content-Type", "application/json"), json.getBytes(StandardCharsets.UTF_8));
    }
}
