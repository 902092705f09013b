package dev.touchstone.features.teeth;

import dev.touchstone.harness.target.Dialect;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One way to be broken, as the catalogue {@code faults.yaml} has it.
 *
 * @param id its permanent name, such as {@code two-terminals}
 * @param what what the worker does wrong, one sentence
 * @param bugs ids of {@code field-bugs.yaml} that it models
 * @param teeth the phrases of the contract that it is, each of one of the requirements that it breaks
 * @param breaks requirement ids to a fragment of the words by which the kit must name the breach
 * @param options further command line options of the worker, also of the twin
 * @param workers how many real workers stand behind the proxy, also behind the twin's: together they are one worker that
 *     runs so many jobs at once
 * @param budgets changed limits, also for the twin, each {@code name=value}
 * @param intermittent how often it shows, such as {@code one reply in eight}; empty where always
 * @param fast whether it belongs to the fast tier
 * @param breaksEngine whether the kit is to break the engine, which its twin lets it do too
 * @param live whether it shows on a GPU, in place of what was recorded of it or of the CPU engine
 */
record Fault(
        String id,
        Layer layer,
        String what,
        List<String> bugs,
        List<Phrase> teeth,
        Map<String, String> breaks,
        Dialect dialect,
        String options,
        int workers,
        List<String> budgets,
        String intermittent,
        boolean fast,
        boolean breaksEngine,
        boolean live) {

    /** A phrase under {@code teeth} of a requirement. */
    record Phrase(String requirement, String text) {
        @Override
        public String toString() {
            return requirement + ": " + text;
        }
    }

    Fault {
        bugs = List.copyOf(bugs);
        teeth = List.copyOf(teeth);
        breaks = Map.copyOf(breaks);
        budgets = List.copyOf(budgets);
    }

    /** The requirements that must break, sorted. */
    Set<String> requirements() {
        return new TreeSet<>(breaks.keySet());
    }
}
