package dev.touchstone.features.run;

import dev.touchstone.harness.contract.ContractCatalogue;
import dev.touchstone.harness.contract.Profile;
import dev.touchstone.harness.contract.Requirement;
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
        for (Requirement requirement : selected) {
            Optional<String> obstacle =
                    obstacle(requirement, facts, only.isPresent() || required.contains(requirement.profile()));
            obstacle.ifPresentOrElse(
                    reason ->
                            left.computeIfAbsent(reason, _ -> new ArrayList<>()).add(requirement.id()),
                    () -> planned.add(requirement));
        }
        Set<String> wanted = planned.stream().map(Requirement::id).collect(Collectors.toSet());
        // A scenario may also prove what was not selected: where that cannot be had, it cannot run.
        Set<String> barred = catalogue.requirements().stream()
                .filter(r -> !wanted.contains(r.id()))
                .filter(r -> obstacle(r, facts, required.contains(r.profile())).isPresent())
                .map(Requirement::id)
                .collect(Collectors.toSet());
        List<FoundScenario> chosen = scenarios.stream()
                .filter(s -> s.tags().stream().anyMatch(wanted::contains))
                .filter(s -> s.tags().stream().noneMatch(barred::contains))
                .toList();
        return new Plan(catalogue.requirements(), covered(planned, chosen, left), chosen, left);
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
