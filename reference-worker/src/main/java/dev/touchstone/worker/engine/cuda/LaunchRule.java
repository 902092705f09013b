package dev.touchstone.worker.engine.cuda;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A number that follows from the sizes of a launch: {@code plus + times * ceil(of / by)}, as the catalogue writes it, or a
 * plain number. For grids in blocks, for shared memory in bytes.
 *
 * @param of name of the size, empty for a plain number, which is {@code plus}
 */
record LaunchRule(String of, long by, long times, long plus) {

    static LaunchRule always(long value) {
        return new LaunchRule("", 1, 0, value);
    }

    /**
     * Reads a number, or an object whose rule is {@code fixed} or {@code ceil}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static LaunchRule read(JsonNode node) {
        if (node.isIntegralNumber()) {
            return always(node.asLong());
        }
        if (node.path("rule").asText().equals("fixed") && node.path("blocks").asLong() > 0) {
            return always(node.path("blocks").asLong());
        }
        if (!node.path("rule").asText().equals("ceil")
                || node.path("of").asText().isEmpty()
                || node.path("by").asLong() < 1) {
            throw new IllegalArgumentException(
                    "the launch rule %s is not a number, {\"rule\":\"fixed\",\"blocks\":N} or {\"rule\":\"ceil\",\"of\":NAME,\"by\":N}"
                            .formatted(node));
        }
        return new LaunchRule(
                node.path("of").asText(),
                node.path("by").asLong(),
                node.path("times").asLong(1),
                node.path("plus").asLong(0));
    }

    /**
     * The number.
     *
     * @param sizes by name
     * @throws IllegalArgumentException if the size that the rule names is not among them
     */
    long of(Map<String, Integer> sizes) {
        if (of.isEmpty()) {
            return plus;
        }
        Integer size = sizes.get(of);
        if (size == null) {
            throw new IllegalArgumentException("the launch rule asks for '%s'; known here are %s"
                    .formatted(of, sizes.keySet().stream().sorted().toList()));
        }
        return plus + times * Math.ceilDiv((long) size, by);
    }
}
