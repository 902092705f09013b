package dev.touchstone.features.run;

import dev.touchstone.harness.contract.Requirement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run is to judge: requirement ids by profiles by what the target can do.
 *
 * @param catalogue all requirements of the contract, planned or not
 * @param planned those that are judged
 * @param scenarios those that judge them, in the order of the feature files
 * @param left why others are not planned: reason to requirement ids
 * @param unsupported planned ones that the target's dialect cannot express: reason to requirement ids
 */
record Plan(
        List<Requirement> catalogue,
        List<Requirement> planned,
        List<FoundScenario> scenarios,
        Map<String, List<String>> left,
        Map<String, List<String>> unsupported) {

    Plan {
        catalogue = List.copyOf(catalogue);
        planned = List.copyOf(planned);
        scenarios = List.copyOf(scenarios);
    }

    List<FoundScenario> scenariosOf(Requirement requirement) {
        return scenarios.stream().filter(s -> s.proves(requirement.id())).toList();
    }

    /** Why a requirement is not planned; empty where it is. */
    Optional<String> reason(Requirement requirement) {
        if (planned.contains(requirement)) {
            return Optional.empty();
        }
        return left.entrySet().stream()
                .filter(entry -> entry.getValue().contains(requirement.id()))
                .map(Map.Entry::getKey)
                .findFirst()
                .or(() -> Optional.of("not selected by --only"));
    }

    /** Why the target's dialect cannot express a requirement; empty where it can. */
    Optional<String> gap(Requirement requirement) {
        return unsupported.entrySet().stream()
                .filter(entry -> entry.getValue().contains(requirement.id()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The quick subset: scenarios tagged {@code @smoke}, and the requirements that these judge. */
    Plan smoke() {
        List<FoundScenario> quick =
                scenarios.stream().filter(FoundScenario::isSmoke).toList();
        Map<String, List<String>> reasons = new LinkedHashMap<>(left);
        List<Requirement> kept = new ArrayList<>();
        for (Requirement requirement : planned) {
            if (gap(requirement).isPresent() || quick.stream().anyMatch(s -> s.proves(requirement.id()))) {
                kept.add(requirement);
            } else {
                reasons.computeIfAbsent("not in the smoke subset", _ -> new ArrayList<>())
                        .add(requirement.id());
            }
        }
        return new Plan(catalogue, kept, quick, reasons, unsupported);
    }

    boolean plans(String scenarioId) {
        return scenarios.stream().anyMatch(s -> s.id().equals(scenarioId));
    }
}
