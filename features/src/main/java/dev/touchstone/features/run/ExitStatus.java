package dev.touchstone.features.run;

import dev.touchstone.harness.contract.Level;
import dev.touchstone.harness.contract.Profile;
import java.util.List;
import java.util.Set;

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
     * @param required profiles that must be {@link #judged}
     */
    static int of(
            int plannedScenarios,
            int runScenarios,
            List<RequirementOutcome> outcomes,
            int faultyEntries,
            Set<Profile> required) {
        List<RequirementOutcome> planned =
                outcomes.stream().filter(RequirementOutcome::planned).toList();
        boolean nothing = planned.isEmpty() || runScenarios == 0;
        boolean fewer = runScenarios < plannedScenarios
                || planned.stream().anyMatch(o -> o.verdict().isEmpty());
        boolean kitError = planned.stream().anyMatch(o -> is(o, Kind.KIT_ERROR));
        boolean unjudged = !required.stream().allMatch(profile -> judged(profile, outcomes));
        if (nothing || fewer || kitError || unjudged || anyMust(planned, Kind.INCONCLUSIVE)) {
            return NOT_JUDGED;
        }
        boolean broken = planned.stream()
                .anyMatch(o -> o.requirement().level() == Level.MUST
                        && is(o, Kind.BROKEN)
                        && o.excuse().isEmpty());
        return broken || faultyEntries > 0 ? BROKEN : CONFORMING;
    }

    /**
     * Whether at least half of what was planned of the profile was found to hold or to be broken; a refusal or a shrug
     * judges nothing. One is not enough: host memory, LI-05, can be judged of a worker that is on no GPU at all.
     */
    static boolean judged(Profile profile, List<RequirementOutcome> outcomes) {
        List<RequirementOutcome> planned = outcomes.stream()
                .filter(o -> o.planned() && o.requirement().profile() == profile)
                .toList();
        long judged = planned.stream()
                .filter(o -> is(o, Kind.HELD) || is(o, Kind.BROKEN))
                .count();
        return judged > 0 && 2 * judged >= planned.size();
    }

    private static boolean anyMust(List<RequirementOutcome> planned, Kind kind) {
        return planned.stream().anyMatch(o -> o.requirement().level() == Level.MUST && is(o, kind));
    }

    private static boolean is(RequirementOutcome outcome, Kind kind) {
        return outcome.verdict().filter(kind::equals).isPresent();
    }
}
