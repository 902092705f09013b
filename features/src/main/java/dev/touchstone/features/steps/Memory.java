package dev.touchstone.features.steps;

import dev.touchstone.harness.transcript.Exchange;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the actions of a scenario remember for its judging steps; only what can be written down. Thread-safe. */
final class Memory {
    private static final List<Class<?>> TYPES = List.of(
            String.class,
            Integer.class,
            Long.class,
            BigInteger.class,
            BigDecimal.class,
            Double.class,
            Boolean.class,
            Duration.class,
            Exchange.class);

    private final Map<String, Object> values = new HashMap<>();

    synchronized void put(String name, Object value) {
        if (!isFit(value)) {
            throw new KitFailure("The step remembers '" + name + "' as a "
                    + value.getClass().getSimpleName() + ", which the evidence has no form for.");
        }
        values.put(name, value instanceof List<?> list ? List.copyOf(list) : value);
    }

    synchronized void replaceBy(Map<String, Object> all) {
        values.clear();
        values.putAll(all);
    }

    synchronized Map<String, Object> all() {
        return Map.copyOf(values);
    }

    synchronized <T> Optional<T> find(String name, Class<T> type) {
        Object kept = values.get(name);
        if (kept != null && !type.isInstance(kept)) {
            throw new KitFailure("The step asked for '" + name + "' as " + type.getSimpleName() + ", but it is a "
                    + kept.getClass().getSimpleName() + ".");
        }
        return Optional.ofNullable(kept).map(type::cast);
    }

    synchronized <T> T get(String name, Class<T> type) {
        return find(name, type)
                .orElseThrow(() -> new KitFailure(
                        "No earlier step of this scenario kept a '" + name + "'; kept were " + values.keySet() + "."));
    }

    /** A list, empty where nothing was kept under that name. */
    synchronized <T> List<T> list(String name, Class<T> of) {
        return find(name, List.class).stream()
                .flatMap(list -> ((List<?>) list).stream())
                .map(of::cast)
                .toList();
    }

    private static boolean isFit(Object value) {
        return value instanceof List<?> list
                ? list.stream().allMatch(Memory::isFit)
                : TYPES.stream().anyMatch(type -> type.isInstance(value));
    }
}
