package dev.touchstone.features.run;

import dev.touchstone.harness.contract.Requirement;
import java.util.List;
import java.util.Optional;

/**
 * What a run says of one requirement.
 *
 * @param planned whether the run was to judge it
 * @param verdict the worst that its scenarios say in any round; empty where not all of them ran
 * @param reason why it was not planned, or why it is unsupported without a request
 * @param scenarios ids of the planned scenarios that judge it
 * @param brokenRounds in how many rounds it was broken
 * @param excuse the entry of the expectations file that covers its being broken
 */
record RequirementOutcome(
        Requirement requirement,
        boolean planned,
        Optional<Kind> verdict,
        List<String> scenarios,
        Optional<String> reason,
        int brokenRounds,
        Optional<Expectations.Entry> excuse) {

    RequirementOutcome excusedBy(Expectations.Entry entry) {
        return new RequirementOutcome(
                requirement, planned, verdict, scenarios, reason, brokenRounds, Optional.of(entry));
    }

    boolean is(Kind kind) {
        return verdict.filter(kind::equals).isPresent();
    }

    /** Whether it broke in some rounds and not in others. */
    boolean isFlaky(int rounds) {
        return brokenRounds > 0 && brokenRounds < rounds;
    }
}
