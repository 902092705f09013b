package dev.touchstone.features.run;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * How a run is done, beside what it judges.
 *
 * @param smoke only the quick subset, the scenarios tagged {@code @smoke}
 * @param rounds how many times in a row everything planned is run, from 1
 * @param expectations file of what is expected to be broken, where a person named one
 * @param givenBudgets names of the budgets that a person gave and that are taken as they are
 */
record Manner(boolean smoke, int rounds, Optional<Path> expectations, Set<String> givenBudgets) {

    /** All scenarios, once. */
    static final Manner PLAIN = new Manner(false, 1, Optional.empty(), Set.of());

    Manner {
        givenBudgets = Set.copyOf(givenBudgets);
    }

    Manner withGivenBudgets(Set<String> names) {
        return new Manner(smoke, rounds, expectations, names);
    }
}
