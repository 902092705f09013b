package dev.touchstone.features.run;

import dev.touchstone.harness.contract.Level;
import java.util.List;

/** The arithmetic of the exit status, as the design states it: 2 wins over 1, and nothing run is never green. */
final class ExitStatus {

    static final int CONFORMING = 0;
    static final int BROKEN = 1;
    static final int NOT_JUDGED = 2;

    private ExitStatus() {}

    /**
     * Tells the status of a run.
     *
     * @param plannedScenarios how many scenarios were to run
     * @param runScenarios how many did
     * @param faultyEntries entries of the expectations file that are stale, expired, unknown or without a reason
     */
    static int of(int plannedScenarios, int runScenarios, List<RequirementOutcome> outcomes, int faultyEntries) {
        List<RequirementOutcome> planned =
                outcomes.stream().filter(RequirementOutcome::planned).toList();
        boolean nothing = planned.isEmpty() || runScenarios == 0;
        boolean fewer = runScenarios < plannedScenarios
                || planned.stream().anyMatch(o -> o.verdict().isEmpty());
        boolean kitError = planned.stream().anyMatch(o -> is(o, Kind.KIT_ERROR));
        if (nothing || fewer || kitError || anyMust(planned, Kind.INCONCLUSIVE)) {
            return NOT_JUDGED;
        }
        boolean broken = planned.stream()
                .anyMatch(o -> o.requirement().level() == Level.MUST
                        && is(o, Kind.BROKEN)
                        && o.excuse().isEmpty());
        return broken || faultyEntries > 0 ? BROKEN : CONFORMING;
    }

    private static boolean anyMust(List<RequirementOutcome> planned, Kind kind) {
        return planned.stream().anyMatch(o -> o.requirement().level() == Level.MUST && is(o, kind));
    }

    private static boolean is(RequirementOutcome outcome, Kind kind) {
        return outcome.verdict().filter(kind::equals).isPresent();
    }
}
