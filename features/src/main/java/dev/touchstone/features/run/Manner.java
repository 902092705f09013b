package dev.touchstone.features.run;

import dev.touchstone.harness.contract.Profile;
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
 * @param required profiles of which too little judged makes the run end with status 2
 */
record Manner(boolean smoke, int rounds, Optional<Path> expectations, Set<String> givenBudgets, Set<Profile> required) {

    /** All scenarios, once. */
    static final Manner PLAIN = new Manner(false, 1, Optional.empty(), Set.of());

    Manner {
        givenBudgets = Set.copyOf(givenBudgets);
        required = Set.copyOf(required);
    }

    /** A manner that requires no profile. */
    Manner(boolean smoke, int rounds, Optional<Path> expectations, Set<String> givenBudgets) {
        this(smoke, rounds, expectations, givenBudgets, Set.of());
    }

    Manner withGivenBudgets(Set<String> names) {
        return new Manner(smoke, rounds, expectations, names, required);
    }

    Manner requiring(Set<Profile> profiles) {
        return new Manner(smoke, rounds, expectations, givenBudgets, profiles);
    }
}
