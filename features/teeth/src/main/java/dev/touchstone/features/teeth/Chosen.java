package dev.touchstone.features.teeth;

import dev.touchstone.harness.cli.CommandFailure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Which faults and innocents are judged. */
record Chosen(List<Fault> faults, List<Innocent> innocents) {

    /** The fast tier, or everything. */
    static Chosen tier(boolean all, FaultCatalogue catalogue, List<Innocent> innocents) {
        return new Chosen(
                catalogue.faults().stream().filter(fault -> all || fault.fast()).toList(), all ? innocents : List.of());
    }

    /**
     * Those that any of the terms selects.
     *
     * @param selection ids of faults, innocents, requirements, areas, field bugs, or names of layers, or the words
     *     {@code innocents} and {@code faults}, separated by commas
     * @throws CommandFailure with one sentence for a term that selects nothing
     */
    static Chosen select(String selection, FaultCatalogue catalogue, List<Innocent> innocents) {
        Set<Fault> faults = new LinkedHashSet<>();
        Set<Innocent> odd = new LinkedHashSet<>();
        for (String term : Stream.of(selection.split(",")).map(String::strip).toList()) {
            List<Fault> some =
                    catalogue.faults().stream().filter(f -> matches(f, term)).toList();
            List<Innocent> others = innocents.stream()
                    .filter(i -> i.id().equals(term) || term.equals("innocents"))
                    .toList();
            if (some.isEmpty() && others.isEmpty()) {
                throw new CommandFailure("Nothing is named '" + term
                        + "'; accepted are ids of faults, innocents, requirements, areas and field bugs (touchstone teeth"
                        + " --list), the layers wire, worker and host, and the words faults and innocents.");
            }
            faults.addAll(some);
            odd.addAll(others);
        }
        return new Chosen(new ArrayList<>(faults), new ArrayList<>(odd));
    }

    private static boolean matches(Fault fault, String term) {
        String upper = term.toUpperCase(Locale.ROOT);
        return fault.id().equals(term)
                || fault.layer().key().equals(term)
                || term.equals("faults")
                || fault.bugs().contains(upper)
                || fault.requirements().stream().anyMatch(id -> id.equals(upper) || id.startsWith(upper + "-"));
    }

    boolean isEmpty() {
        return faults.isEmpty() && innocents.isEmpty();
    }
}
