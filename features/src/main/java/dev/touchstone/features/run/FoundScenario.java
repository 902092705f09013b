package dev.touchstone.features.run;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A scenario of the suite that could be run.
 *
 * @param id such as {@code event-order/streaming.feature:12}
 * @param uniqueId as the JUnit Platform names it
 * @param resource classpath resource of its feature file
 * @param line of the scenario or of its example row, from 1
 * @param tags without the at sign
 */
record FoundScenario(String id, String uniqueId, String resource, int line, String name, Set<String> tags) {

    FoundScenario {
        tags = Set.copyOf(tags);
    }

    boolean proves(String requirement) {
        return tags.contains(requirement);
    }

    /** Whether it mostly waits and disturbs nobody, so that it may run beside others. */
    boolean runsBeside() {
        return tags.contains("side-by-side");
    }

    /**
     * Whether it waits for so long that others may begin once it has done its work and only waits. It tells so itself,
     * by {@code World.settled}.
     */
    boolean waitsLong() {
        return runsBeside() && tags.contains("long-wait");
    }

    /** Whether it belongs to the quick subset. */
    boolean isSmoke() {
        return tags.contains("smoke");
    }

    /** Requests as its author declares them by a tag such as {@code @requests-8}. */
    OptionalInt declaredRequests() {
        List<String> declared = tags.stream()
                .filter(t -> t.matches("requests-[0-9]{1,6}"))
                .map(t -> t.substring("requests-".length()))
                .toList();
        return declared.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(declared.getFirst()));
    }
}
