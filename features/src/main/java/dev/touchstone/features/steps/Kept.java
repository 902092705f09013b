package dev.touchstone.features.steps;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * All that a scenario saw: with it the scenario's judging steps can be run again without traffic. Immutable.
 *
 * @param exchanges in the order in which they were begun
 * @param memory what was remembered after each of its actions: texts, whole numbers of any size, decimals, truth
 *     values, durations, exchanges of the list above, and lists of these
 * @param said verdicts that an action itself gave, such as that something could not be tried
 */
public record Kept(List<Exchange> exchanges, List<Map<String, Object>> memory, List<Said> said) {

    public Kept {
        exchanges = List.copyOf(exchanges);
        memory = memory.stream().map(Map::copyOf).toList();
        said = List.copyOf(said);
    }

    /** The same with each exchange changed, wherever it stands. */
    public Kept mapping(UnaryOperator<Exchange> change) {
        IdentityHashMap<Exchange, Exchange> changed = new IdentityHashMap<>();
        UnaryOperator<Exchange> once = exchange -> changed.computeIfAbsent(exchange, change);
        List<Map<String, Object>> everywhere = new ArrayList<>();
        for (Map<String, Object> values : memory) {
            Map<String, Object> mapped = new HashMap<>();
            values.forEach((name, value) -> mapped.put(name, mapped(value, once)));
            everywhere.add(mapped);
        }
        return new Kept(exchanges.stream().map(once).toList(), everywhere, said);
    }

    private static Object mapped(Object value, UnaryOperator<Exchange> change) {
        return switch (value) {
            case Exchange exchange -> change.apply(exchange);
            case List<?> list -> list.stream().map(v -> mapped(v, change)).toList();
            default -> value;
        };
    }

    /**
     * What an action said.
     *
     * @param action number of the action within the scenario, from 0
     */
    public record Said(int action, Verdict verdict) {}
}
