package dev.touchstone.features.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Why promises were not held or broken: one line for each reason, however many scenarios share it. Pure. */
final class Reasons {

    private record Key(Kind kind, String reason) {}

    private record Shared(TreeSet<String> rules, TreeSet<String> scenarios) {}

    private Reasons() {}

    static List<String> lines(List<ScenarioResult> results, Ink ink) {
        List<String> lines = new ArrayList<>();
        for (Kind kind : List.of(Kind.INCONCLUSIVE, Kind.UNSUPPORTED, Kind.OBSERVED)) {
            shared(results, kind).forEach((key, shared) -> {
                int scenarios = shared.scenarios().size();
                lines.add(ink.paint(kind, kind.sign() + " " + kind.word()) + ": "
                        + Columns.ids(List.copyOf(shared.rules()))
                        + (scenarios > 1 ? " in " + scenarios + " scenarios" : "") + " (" + key.reason() + ")");
            });
        }
        return lines;
    }

    private static Map<Key, Shared> shared(List<ScenarioResult> results, Kind kind) {
        Map<Key, Shared> shared = new LinkedHashMap<>();
        for (ScenarioResult result : results) {
            result.verdicts().stream().filter(v -> Kind.of(v) == kind).forEach(verdict -> {
                Shared entry = shared.computeIfAbsent(
                        new Key(kind, verdict.summary()), _ -> new Shared(new TreeSet<>(), new TreeSet<>()));
                entry.rules().add(verdict.rule());
                entry.scenarios().add(result.id());
            });
        }
        return shared;
    }
}
