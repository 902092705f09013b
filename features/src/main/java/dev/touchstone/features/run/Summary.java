package dev.touchstone.features.run;

import dev.touchstone.harness.contract.Level;
import dev.touchstone.harness.contract.Requirement;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A finished run: what each requirement came to, and the exit status that follows. */
record Summary(Plan plan, List<ScenarioResult> results, List<RequirementOutcome> outcomes, int exitStatus) {

    static Summary of(Plan plan, List<ScenarioResult> results) {
        List<RequirementOutcome> outcomes =
                plan.catalogue().stream().map(r -> outcome(r, plan, results)).toList();
        return new Summary(
                plan, results, outcomes, ExitStatus.of(plan.scenarios().size(), results.size(), outcomes));
    }

    private static RequirementOutcome outcome(Requirement requirement, Plan plan, List<ScenarioResult> results) {
        Optional<String> gap = plan.gap(requirement);
        if (gap.isPresent()) {
            return new RequirementOutcome(requirement, true, Optional.of(Kind.UNSUPPORTED), List.of(), gap);
        }
        List<String> scenarios =
                plan.scenariosOf(requirement).stream().map(FoundScenario::id).toList();
        boolean planned = plan.planned().contains(requirement);
        List<Kind> kinds = results.stream()
                .filter(result -> scenarios.contains(result.id()))
                .map(result -> result.verdictOf(requirement.id()))
                .toList();
        boolean whole = planned && !scenarios.isEmpty() && kinds.size() == scenarios.size();
        return new RequirementOutcome(
                requirement,
                planned,
                whole ? Optional.of(Kind.worst(kinds)) : Optional.empty(),
                scenarios,
                plan.reason(requirement));
    }

    Totals totals() {
        return Totals.of(outcomes);
    }

    /** Why the exit status is what it is, in a few words. */
    String reason() {
        Totals totals = totals();
        if (exitStatus == ExitStatus.CONFORMING) {
            boolean all =
                    outcomes.stream().noneMatch(o -> must(o) && (is(o, Kind.UNSUPPORTED) || is(o, Kind.OBSERVED)));
            return "every planned MUST held" + (all ? "" : ", except those said to be unsupported or observed");
        }
        if (exitStatus == ExitStatus.BROKEN) {
            return "a MUST is broken: " + ids(o -> must(o) && is(o, Kind.BROKEN));
        }
        if (results.isEmpty() || totals.planned() == 0) {
            return "nothing ran";
        }
        if (results.size() < plan.scenarios().size() || totals.run() < totals.planned()) {
            return "only " + results.size() + " of " + plan.scenarios().size() + " planned scenarios ran";
        }
        String errors = ids(o -> is(o, Kind.KIT_ERROR));
        return errors.isEmpty()
                ? "a MUST stayed inconclusive: " + ids(o -> must(o) && is(o, Kind.INCONCLUSIVE))
                : "the kit failed at " + errors;
    }

    private String ids(Predicate<RequirementOutcome> which) {
        return String.join(
                ", ",
                outcomes.stream().filter(which).map(o -> o.requirement().id()).toList());
    }

    private static boolean must(RequirementOutcome outcome) {
        return outcome.requirement().level() == Level.MUST;
    }

    private static boolean is(RequirementOutcome outcome, Kind kind) {
        return outcome.verdict().filter(kind::equals).isPresent();
    }
}
