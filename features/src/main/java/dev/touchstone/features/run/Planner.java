package dev.touchstone.features.run;

import dev.touchstone.harness.contract.ContractCatalogue;
import dev.touchstone.harness.contract.Profile;
import dev.touchstone.harness.contract.Requirement;
import dev.touchstone.harness.target.Dialect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Decides what a run judges. Pure. */
final class Planner {

    /** A scenario of a promise that both dialects can express, in words that only the native one has. */
    private static final String NATIVE_ONLY = "native";

    /** A scenario that also uses the OpenAI-compatible routes. */
    private static final String NEEDS_OPENAI = "openai-routes";

    /** A scenario that starts processes of the worker, of a promise of another profile. */
    private static final String NEEDS_LAUNCH = "needs-launch";

    private final ContractCatalogue catalogue;
    private final List<FoundScenario> scenarios;

    Planner(ContractCatalogue catalogue, List<FoundScenario> scenarios) {
        this.catalogue = catalogue;
        this.scenarios = scenarios;
    }

    /**
     * Plans the selected requirements that have a scenario and whose profile the target can serve.
     *
     * @param only a selection as {@link ContractCatalogue#select} takes it; what it names is planned even where the
     *     target says it lacks it, so that the run shows what comes of it
     */
    Plan plan(TargetFacts facts, Optional<String> only, Set<Profile> required) {
        List<Requirement> selected = only.map(catalogue::select).orElse(catalogue.requirements());
        List<Requirement> planned = new ArrayList<>();
        Map<String, List<String>> left = new LinkedHashMap<>();
        Map<String, List<String>> unsupported = new LinkedHashMap<>();
        List<Requirement> gaps = new ArrayList<>();
        for (Requirement requirement : selected) {
            Optional<String> gap = gap(requirement, facts);
            Optional<String> obstacle = gap.isPresent()
                    ? Optional.empty()
                    : obstacle(requirement, facts, only.isPresent() || required.contains(requirement.profile()));
            if (gap.isPresent()) {
                note(unsupported, gap.get(), requirement);
                gaps.add(requirement);
            } else if (obstacle.isPresent()) {
                note(left, obstacle.get(), requirement);
            } else {
                planned.add(requirement);
            }
        }
        List<FoundScenario> chosen = chosen(planned, facts, required);
        List<Requirement> judged = new ArrayList<>(covered(planned, chosen, left));
        judged.addAll(gaps);
        return new Plan(catalogue.requirements(), judged, chosen, left, unsupported);
    }

    private static void note(Map<String, List<String>> reasons, String reason, Requirement requirement) {
        reasons.computeIfAbsent(reason, _ -> new ArrayList<>()).add(requirement.id());
    }

    private List<FoundScenario> chosen(List<Requirement> planned, TargetFacts facts, Set<Profile> required) {
        Set<String> wanted = planned.stream().map(Requirement::id).collect(Collectors.toSet());
        // A scenario may also prove what was not selected: where that cannot be had, it cannot run.
        Set<String> barred = catalogue.requirements().stream()
                .filter(r -> !wanted.contains(r.id()))
                .filter(r -> gap(r, facts).isPresent()
                        || obstacle(r, facts, required.contains(r.profile())).isPresent())
                .map(Requirement::id)
                .collect(Collectors.toSet());
        boolean openAiOnly = facts.target().dialect() == Dialect.OPENAI;
        return scenarios.stream()
                .filter(s -> s.tags().stream().anyMatch(wanted::contains))
                .filter(s -> s.tags().stream().noneMatch(barred::contains))
                .filter(s -> !(openAiOnly && s.tags().contains(NATIVE_ONLY)))
                .filter(s -> facts.launched() || !s.tags().contains(NEEDS_LAUNCH))
                .filter(s -> facts.openai() || !s.tags().contains(NEEDS_OPENAI))
                .toList();
    }

    private static Optional<String> gap(Requirement requirement, TargetFacts facts) {
        return facts.target().dialect() == Dialect.OPENAI
                ? OpenAiGaps.read().reason(requirement.id())
                : Optional.empty();
    }

    /** Takes out what is left without a scenario because its only ones also need what cannot be had. */
    private static List<Requirement> covered(
            List<Requirement> planned, List<FoundScenario> chosen, Map<String, List<String>> left) {
        List<Requirement> covered = new ArrayList<>();
        for (Requirement requirement : planned) {
            if (chosen.stream().anyMatch(s -> s.proves(requirement.id()))) {
                covered.add(requirement);
            } else {
                left.computeIfAbsent("its scenarios also need what is not planned", _ -> new ArrayList<>())
                        .add(requirement.id());
            }
        }
        return covered;
    }

    private Optional<String> obstacle(Requirement requirement, TargetFacts facts, boolean asked) {
        if (scenarios.stream().noneMatch(s -> s.proves(requirement.id()))) {
            return Optional.of("no scenario judges it yet");
        }
        String profile = requirement.profile().name().toLowerCase(Locale.ROOT);
        return switch (requirement.profile()) {
            case GPU ->
                asked || facts.resident()
                        ? Optional.empty()
                        : Optional.of(
                                profile
                                        + ": inconclusive here: the worker says that it is not resident, and no evidence from a GPU can be read");
            case OPENAI ->
                asked || facts.openai()
                        ? Optional.empty()
                        : Optional.of(profile + ": GET /v1/models does not answer 200");
            case LAUNCH ->
                facts.launched()
                        ? Optional.empty()
                        : Optional.of(profile + ": the kit did not start the worker (--worker-command)");
            case CORE, PERF -> Optional.empty();
        };
    }
}
