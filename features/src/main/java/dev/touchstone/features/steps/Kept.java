package dev.touchstone.features.steps;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Map;

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

    /** @param action number of the action within the scenario, from 0 */
    public record Said(int action, Verdict verdict) {}
}
