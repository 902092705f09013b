package dev.touchstone.features.run;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Counts the scenarios of one feature file until all that were planned have ended. Not thread-safe. */
final class FeatureTally {

    private final int planned;
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private final TreeSet<String> ids = new TreeSet<>();
    private String title = "";

    FeatureTally(int planned) {
        this.planned = planned;
    }

    /** The feature file of a scenario's id. */
    static String file(String scenarioId) {
        return scenarioId.substring(0, scenarioId.lastIndexOf(':'));
    }

    void add(ScenarioResult result) {
        counts.merge(result.verdict(), 1, Integer::sum);
        ids.addAll(result.requirements());
        title = result.feature();
    }

    boolean isWhole() {
        return ended() == planned;
    }

    /** Whether any has ended. */
    boolean hasBegun() {
        return !counts.isEmpty();
    }

    private int ended() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Such as {@code ✓ held 12   Invalid values are refused   ER-01}. */
    String line(Ink ink) {
        Kind worst = Kind.worst(counts.keySet());
        String how = counts.entrySet().stream()
                .map(e -> e.getKey().word() + " " + e.getValue())
                .collect(Collectors.joining(", "));
        String missing = isWhole() ? "" : "  (" + (planned - ended()) + " did not run)";
        return "  " + ink.paint(worst, worst.sign() + " " + Columns.pad(how, 22)) + " " + Columns.pad(title, 48) + "  "
                + Columns.ids(List.copyOf(ids)) + missing;
    }
}
