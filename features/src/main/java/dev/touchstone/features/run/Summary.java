package dev.touchstone.features.run;

import dev.touchstone.harness.contract.Level;
import dev.touchstone.harness.contract.Requirement;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A finished run: what each requirement came to, and the exit status that follows.
 *
 * @param faults what is wrong with entries of the expectations file, a sentence each
 * @param paste entries for that file, for what broke unexpectedly
 */
record Summary(
        Plan plan,
        List<ScenarioResult> results,
        List<RequirementOutcome> outcomes,
        Manner manner,
        List<String> faults,
        List<String> paste,
        int exitStatus) {

    static Summary of(
            Plan plan, List<ScenarioResult> results, Manner manner, Expectations expectations, LocalDate today) {
        int rounds = manner.rounds();
        List<RequirementOutcome> judged = plan.catalogue().stream()
                .map(r -> outcome(r, plan, results, rounds))
                .toList();
        ExpectationReview review = ExpectationReview.of(expectations, judged, rounds, manner.smoke(), today);
        return new Summary(
                plan,
                results,
                review.outcomes(),
                manner,
                review.faults(),
                PasteReady.lines(review.outcomes(), results, rounds, today),
                ExitStatus.of(
                        plan.scenarios().size() * rounds,
                        results.size(),
                        review.outcomes(),
                        review.faults().size(),
                        manner.required()));
    }

    private static RequirementOutcome outcome(
            Requirement requirement, Plan plan, List<ScenarioResult> results, int rounds) {
        Optional<String> gap = plan.gap(requirement);
        if (gap.isPresent()) {
            return new RequirementOutcome(
                    requirement, true, Optional.of(Kind.UNSUPPORTED), List.of(), gap, 0, Optional.empty());
        }
        List<String> scenarios =
                plan.scenariosOf(requirement).stream().map(FoundScenario::id).toList();
        boolean planned = plan.planned().contains(requirement);
        List<ScenarioResult> own = results.stream()
                .filter(result -> scenarios.contains(result.id()))
                .toList();
        boolean whole = planned && !scenarios.isEmpty() && own.size() == scenarios.size() * rounds;
        List<Kind> kinds =
                own.stream().map(result -> result.verdictOf(requirement.id())).toList();
        return new RequirementOutcome(
                requirement,
                planned,
                whole ? Optional.of(Kind.worst(kinds)) : Optional.empty(),
                scenarios,
                plan.reason(requirement),
                brokenRounds(requirement, own, rounds),
                Optional.empty());
    }

    private static int brokenRounds(Requirement requirement, List<ScenarioResult> own, int rounds) {
        return (int) IntStream.rangeClosed(1, rounds)
                .filter(round -> own.stream()
                        .anyMatch(
                                result -> result.round() == round && result.verdictOf(requirement.id()) == Kind.BROKEN))
                .count();
    }

    Totals totals() {
        return Totals.of(outcomes);
    }

    /** Requirements that broke in some rounds and not in others. */
    List<RequirementOutcome> flaky() {
        return outcomes.stream().filter(o -> o.isFlaky(manner.rounds())).toList();
    }

    /** Why the exit status is what it is, in a few words. */
    String reason() {
        if (exitStatus == ExitStatus.CONFORMING) {
            return conforming();
        }
        if (exitStatus == ExitStatus.BROKEN) {
            String broken = ids(ExpectationReview::isUnexpected);
            String entries = faults.isEmpty()
                    ? ""
                    : faults.size() + " of the expectations " + (faults.size() == 1 ? "does" : "do") + " not stand";
            return broken.isEmpty()
                    ? entries
                    : "a MUST is broken: " + broken + (entries.isEmpty() ? "" : "; " + entries);
        }
        return notJudged();
    }

    private String conforming() {
        boolean all = outcomes.stream().noneMatch(o -> must(o) && (o.is(Kind.UNSUPPORTED) || o.is(Kind.OBSERVED)));
        String excused = ids(o -> must(o) && o.excuse().isPresent());
        return (manner.smoke() ? "every MUST of the smoke subset held" : "every planned MUST held")
                + (all ? "" : ", except those said to be unsupported or observed")
                + (excused.isEmpty() ? "" : ", except those expected to be broken: " + excused);
    }

    private String notJudged() {
        Totals totals = totals();
        if (results.isEmpty() || totals.planned() == 0) {
            return "nothing ran";
        }
        int planned = plan.scenarios().size() * manner.rounds();
        if (results.size() < planned || totals.run() < totals.planned()) {
            return "only " + results.size() + " of " + planned + " planned scenarios ran";
        }
        String errors = ids(o -> o.is(Kind.KIT_ERROR));
        if (!errors.isEmpty()) {
            return "the kit failed at " + errors;
        }
        String open = ids(o -> must(o) && o.is(Kind.INCONCLUSIVE));
        return Stream.of(open.isEmpty() ? "" : "a MUST stayed inconclusive: " + open, unjudged())
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private String unjudged() {
        String profiles = manner.required().stream()
                .filter(profile -> !ExitStatus.judged(profile, outcomes))
                .map(profile -> profile.name().toLowerCase(Locale.ROOT))
                .sorted()
                .collect(Collectors.joining(", "));
        return profiles.isEmpty() ? "" : "too little was judged of what --require names: " + profiles;
    }

    private String ids(Predicate<RequirementOutcome> which) {
        return String.join(
                ", ",
                outcomes.stream().filter(which).map(o -> o.requirement().id()).toList());
    }

    private static boolean must(RequirementOutcome outcome) {
        return outcome.requirement().level() == Level.MUST;
    }
}
