package dev.touchstone.features.run;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Counts of requirements.
 *
 * @param run planned ones of which every planned scenario ran
 */
record Totals(int planned, int run, Map<Kind, Integer> verdicts) {

    static Totals of(List<RequirementOutcome> outcomes) {
        Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
        outcomes.forEach(o -> o.verdict().ifPresent(kind -> counts.merge(kind, 1, Integer::sum)));
        int planned =
                (int) outcomes.stream().filter(RequirementOutcome::planned).count();
        int run = (int) outcomes.stream().filter(o -> o.verdict().isPresent()).count();
        return new Totals(planned, run, counts);
    }

    int count(Kind kind) {
        return verdicts.getOrDefault(kind, 0);
    }

    String line() {
        return "planned " + planned + ", run " + run + ", held " + count(Kind.HELD) + ", broken " + count(Kind.BROKEN)
                + ", unsupported " + count(Kind.UNSUPPORTED) + ", observed " + count(Kind.OBSERVED) + ", inconclusive "
                + count(Kind.INCONCLUSIVE) + ", kit errors " + count(Kind.KIT_ERROR);
    }
}
