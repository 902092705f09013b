package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.contract.Level;
import dev.touchstone.harness.contract.Profile;
import dev.touchstone.harness.contract.Requirement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitStatusTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | 2 | MUST HELD, MUST HELD                | 0",
                "2 | 2 | MUST HELD, SHOULD BROKEN            | 0",
                "2 | 2 | MUST HELD, MUST UNSUPPORTED         | 0",
                "2 | 2 | MUST HELD, MUST OBSERVED            | 0",
                "2 | 2 | MUST HELD, SHOULD INCONCLUSIVE      | 0",
                "2 | 2 | MUST HELD, MUST BROKEN              | 1",
                "2 | 2 | MUST BROKEN, MUST INCONCLUSIVE      | 2",
                "2 | 2 | MUST BROKEN, SHOULD KIT_ERROR       | 2",
                "2 | 2 | MUST HELD, MUST KIT_ERROR           | 2",
                "2 | 1 | MUST HELD, MUST HELD                | 2",
                "2 | 1 | MUST BROKEN, MUST -                 | 2",
                "2 | 2 | MUST HELD, MAY -                    | 2",
                "2 | 0 | MUST HELD, MUST HELD                | 2",
                "0 | 0 | ''                                  | 2",
            })
    void followsTheDesign(int planned, int run, String outcomes, int status) {
        List<RequirementOutcome> all = Stream.of(outcomes.split(", "))
                .filter(text -> !text.isBlank())
                .map(ExitStatusTest::outcome)
                .toList();
        assertThat(ExitStatus.of(planned, run, all, 0, Set.of())).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MUST HELD, MUST UNSUPPORTED      | 0",
                "MUST HELD, MUST UNSUPPORTED, MUST UNSUPPORTED | 2",
                "MUST BROKEN, MUST UNSUPPORTED    | 1",
                "MUST UNSUPPORTED                 | 2",
                "SHOULD INCONCLUSIVE              | 2",
                "MUST OBSERVED, MUST UNSUPPORTED  | 2"
            })
    void isNeverGreenWhereTooLittleOfARequiredProfileWasJudged(String outcomes, int status) {
        List<RequirementOutcome> all =
                Stream.of(outcomes.split(", ")).map(ExitStatusTest::outcome).toList();
        assertThat(ExitStatus.of(1, 1, all, 0, Set.of(Profile.CORE))).isEqualTo(status);
        assertThat(ExitStatus.of(1, 1, all, 0, Set.of(Profile.CORE, Profile.GPU)))
                .isEqualTo(2);
    }

    private static RequirementOutcome outcome(String text) {
        String[] words = text.strip().split(" ");
        Requirement requirement =
                new Requirement("EV-01", "EV", Level.valueOf(words[0]), Profile.CORE, "promise", "teeth");
        Optional<Kind> verdict = words[1].equals("-") ? Optional.empty() : Optional.of(Kind.valueOf(words[1]));
        return new RequirementOutcome(
                requirement, true, verdict, List.of("a.feature:1"), Optional.empty(), 0, Optional.empty());
    }
}
