package dev.touchstone.features.teeth;

import dev.touchstone.harness.contract.Level;
import dev.touchstone.harness.contract.Requirement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must not be, after a matrix was judged: each entry is one sentence, and one of them fails the build. */
final class Ledger {

    private Ledger() {}

    /**
     * Looks for them.
     *
     * @param whole whether a whole tier was judged, so that every MUST must have a kill; not where a person chose some
     */
    static List<String> complaints(FaultCatalogue catalogue, Matrix.Results results, boolean whole) {
        List<String> complaints = new ArrayList<>();
        results.trials().stream()
                .filter(trial -> trial.outcome() != TrialResult.Outcome.KILLED)
                .forEach(trial -> complaints.add(word(trial) + ": " + trial.id() + ". " + trial.reason()));
        results.innocents().stream()
                .filter(innocent -> innocent.outcome() != InnocentResult.Outcome.QUIET)
                .forEach(innocent -> complaints.add(word(innocent)));
        if (whole) {
            catalogue.gaps().forEach(gap -> complaints.add("No fault and no reason stands for " + gap + "."));
            complaints.addAll(unkilled(catalogue, results));
        }
        return complaints;
    }

    private static String word(TrialResult trial) {
        return trial.outcome() == TrialResult.Outcome.VOID ? "Void" : "Survivor";
    }

    private static String word(InnocentResult innocent) {
        return innocent.alarms().isEmpty()
                ? "Void: " + innocent.id() + ". " + innocent.reason()
                : "False alarm: " + innocent.id() + " was blamed for "
                        + innocent.alarms().getFirst().id() + ": expected "
                        + innocent.alarms().getFirst().expected() + ", but "
                        + innocent.alarms().getFirst().actual();
    }

    private static List<String> unkilled(FaultCatalogue catalogue, Matrix.Results results) {
        Set<String> killed = new HashSet<>();
        results.trials().stream()
                .filter(trial -> trial.outcome() == TrialResult.Outcome.KILLED)
                .flatMap(trial -> catalogue.fault(trial.id()).stream())
                .forEach(fault -> killed.addAll(fault.requirements()));
        Set<String> excused = new HashSet<>();
        catalogue.contract().requirements().stream()
                .filter(r -> FaultCatalogue.phrases(r).stream()
                        .allMatch(phrase -> catalogue.unseen().stream()
                                .anyMatch(u -> u.subject().equals(r.id() + ": " + phrase))))
                .forEach(r -> excused.add(r.id()));
        return catalogue.contract().requirements().stream()
                .filter(r -> r.level() == Level.MUST)
                .map(Requirement::id)
                .filter(id -> !killed.contains(id) && !excused.contains(id))
                .map(id -> "No fault was killed for the MUST " + id + ".")
                .toList();
    }
}
