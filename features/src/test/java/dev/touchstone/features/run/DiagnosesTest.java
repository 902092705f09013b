package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.contract.Requirement;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DiagnosesTest {

    private final Diagnoses diagnoses = Diagnoses.read();

    @Test
    void areThereForEveryRequirementThatAScenarioJudges() {
        Set<String> judged = new TreeSet<>();
        new SuiteLauncher(ScenarioSource.CONTRACT)
                .discover().stream()
                        .flatMap(s -> s.tags().stream())
                        .filter(t -> t.matches("[A-Z]{2}-[0-9]{2}"))
                        .forEach(judged::add);
        assertThat(judged).hasSizeGreaterThan(20);
        assertThat(diagnoses.byId().keySet()).containsAll(judged);
    }

    @Test
    void nameOnlyRequirementsOfTheContract() {
        Set<String> ids = Contract.catalogue().requirements().stream()
                .map(Requirement::id)
                .collect(Collectors.toSet());
        assertThat(ids).containsAll(diagnoses.byId().keySet());
    }

    @Test
    void differFromEachOther() {
        assertThat(Set.copyOf(diagnoses.byId().values()))
                .hasSize(diagnoses.byId().size());
    }
}
