package dev.touchstone.features.run;

import dev.touchstone.harness.contract.Requirement;
import java.util.List;
import java.util.Optional;

/**
 * What a run says of one requirement.
 *
 * @param planned whether the run was to judge it
 * @param verdict the worst that its scenarios say; empty where none of them ran
 * @param reason why it was not planned, where it was not
 * @param scenarios ids of the planned scenarios that judge it
 */
record RequirementOutcome(
        Requirement requirement,
        boolean planned,
        Optional<Kind> verdict,
        List<String> scenarios,
        Optional<String> reason) {}
