package dev.touchstone.features.run;

import dev.touchstone.harness.contract.Requirement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compares what was expected with what came. Pure.
 *
 * @param outcomes with the entries that excuse them
 * @param faults a sentence for each entry that turns the run red
 */
record ExpectationReview(List<RequirementOutcome> outcomes, List<String> faults) {

    ExpectationReview {
        outcomes = List.copyOf(outcomes);
        faults = List.copyOf(faults);
    }

    /**
     * Reviews the entries.
     *
     * @param rounds how often each scenario ran
     * @param partial whether requirements were judged by a part of their scenarios, so that one that held proves little
     */
    static ExpectationReview of(
            Expectations expectations,
            List<RequirementOutcome> outcomes,
            int rounds,
            boolean partial,
            LocalDate today) {
        List<RequirementOutcome> reviewed = new ArrayList<>(outcomes);
        List<String> faults = new ArrayList<>();
        String file = expectations.file().map(path -> path.getFileName() + "").orElse("");
        Set<String> seen = new HashSet<>();
        for (Expectations.Entry entry : expectations.entries()) {
            Optional<RequirementOutcome> outcome = reviewed.stream()
                    .filter(o -> o.requirement().id().equals(entry.id()))
                    .findFirst();
            Optional<String> fault = seen.add(entry.id())
                    ? fault(entry, outcome, rounds, partial, today)
                    : Optional.of("is named more than once");
            fault.ifPresent(why -> faults.add(file + ": " + entry.id() + " " + why + "."));
            if (fault.isEmpty() && outcome.filter(o -> o.is(Kind.BROKEN)).isPresent()) {
                reviewed.replaceAll(o -> outcome.get().equals(o) ? o.excusedBy(entry) : o);
            }
        }
        return new ExpectationReview(reviewed, faults);
    }

    private static Optional<String> fault(
            Expectations.Entry entry,
            Optional<RequirementOutcome> outcome,
            int rounds,
            boolean partial,
            LocalDate today) {
        if (outcome.isEmpty()) {
            return Optional.of("is no requirement of profile " + Contract.PROFILE);
        }
        if (entry.reason().isEmpty()) {
            return Optional.of("is expected to be broken without a reason");
        }
        if (entry.until().isEmpty()) {
            return Optional.of("is expected to be broken without an end; add until with a day");
        }
        if (today.isAfter(entry.until().get())) {
            return Optional.of(
                    "was expected to be broken until " + entry.until().get() + ", which has passed");
        }
        if (entry.flaky() && (entry.rate().isEmpty() || entry.runs().isEmpty())) {
            return Optional.of("is called flaky without a measured rate and its number of runs (--repeat measures)");
        }
        return stale(entry, outcome.get(), rounds, partial);
    }

    private static Optional<String> stale(
            Expectations.Entry entry, RequirementOutcome outcome, int rounds, boolean partial) {
        boolean held = !partial && (outcome.is(Kind.HELD) || outcome.is(Kind.OBSERVED));
        if (!entry.flaky()) {
            return held ? Optional.of("was expected to be broken, but it held; remove the entry") : Optional.empty();
        }
        if (held && rounds >= entry.runs().orElse(rounds + 1)) {
            return Optional.of("is called flaky, but it held in all of " + rounds + " rounds; remove the entry");
        }
        return rounds > 1 && outcome.brokenRounds() == rounds
                ? Optional.of("is called flaky, but it broke in all of " + rounds + " rounds")
                : Optional.empty();
    }

    /** Whether a requirement decides the exit status and nothing excuses it. */
    static boolean isUnexpected(RequirementOutcome outcome) {
        Requirement requirement = outcome.requirement();
        return outcome.is(Kind.BROKEN)
                && outcome.excuse().isEmpty()
                && requirement.level() == dev.touchstone.harness.contract.Level.MUST;
    }
}
