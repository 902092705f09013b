package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.contract.Level;
import dev.touchstone.harness.contract.Profile;
import dev.touchstone.harness.contract.Requirement;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpectationReviewTest {

    private static final Path FILE = Path.of("touchstone-expect.yaml");
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 24);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "BROKEN | expected: [{id: EV-01, reason: r, link: l, until: 2026-11-24}] | -",
                "HELD   | expected: [{id: EV-01, reason: r, until: 2026-12-24}] | EV-01 was expected to be broken, but it held; remove the entry.",
                "OBSERVED | expected: [{id: EV-01, reason: r, until: 2026-12-24}] | EV-01 was expected to be broken, but it held; remove the entry.",
                "BROKEN | expected: [{id: EV-01, reason: r, until: 2026-11-23}] | EV-01 was expected to be broken until 2026-11-23, which has passed.",
                "BROKEN | expected: [{id: EV-01, until: 2026-12-24}] | EV-01 is expected to be broken without a reason.",
                "BROKEN | expected: [{id: EV-01, reason: ' ', until: 2026-12-24}] | EV-01 is expected to be broken without a reason.",
                "BROKEN | expected: [{id: EV-01, reason: r}] | EV-01 is expected to be broken without an end; add until with a day.",
                "BROKEN | expected: [{id: XX-01, reason: r, until: 2026-12-24}] | XX-01 is no requirement of profile 2026.11.",
                "BROKEN | flaky: [{id: EV-01, reason: r, until: 2026-12-24, rate: 0.1, runs: 20}] | -",
                "HELD   | flaky: [{id: EV-01, reason: r, until: 2026-12-24, rate: 0.1, runs: 20}] | -",
                "BROKEN | flaky: [{id: EV-01, reason: r, until: 2026-12-24, rate: 0.1}] | EV-01 is called flaky without a measured rate and its number of runs (--repeat measures).",
            })
    void findsEachEntryThatDoesNotStand(String kind, String yaml, String fault) {
        ExpectationReview review = review(yaml, outcome(Kind.valueOf(kind), 0), 1, false);
        List<String> faults = Optional.ofNullable(fault).map(f -> "touchstone-expect.yaml: " + f).stream()
                .toList();
        assertThat(review.faults()).isEqualTo(faults);
        boolean excused = kind.equals("BROKEN") && faults.isEmpty();
        assertThat(review.outcomes().getFirst().excuse().isPresent()).isEqualTo(excused);
        assertThat(ExitStatus.of(1, 1, review.outcomes(), review.faults().size(), Set.of()))
                .isEqualTo(faults.isEmpty() ? 0 : 1);
    }

    @Test
    void callsAnEntryNamedTwiceAFault() {
        String one = "{id: EV-01, reason: r, until: 2026-12-24}";
        assertThat(review("expected: [" + one + "," + one + "]", outcome(Kind.BROKEN, 1), 1, false)
                        .faults())
                .containsExactly("touchstone-expect.yaml: EV-01 is named more than once.");
    }

    @Test
    void callsNothingStaleWhereOnlyAPartWasJudgedOrNothing() {
        String yaml = "expected: [{id: EV-01, reason: r, until: 2026-12-24}]";
        assertThat(review(yaml, outcome(Kind.HELD, 0), 1, true).faults()).isEmpty();
        assertThat(review(yaml, outcome(Kind.UNSUPPORTED, 0), 1, false).faults())
                .isEmpty();
        assertThat(review(yaml, outcome(Kind.INCONCLUSIVE, 0), 1, false).faults())
                .isEmpty();
    }

    @Test
    void holdsAFlakyEntryToItsRate() {
        String yaml = "flaky: [{id: EV-01, reason: r, until: 2026-12-24, rate: 0.1, runs: 5}]";
        assertThat(review(yaml, outcome(Kind.HELD, 0), 5, false).faults())
                .containsExactly("touchstone-expect.yaml: EV-01 is called flaky, but it held in all of 5 rounds;"
                        + " remove the entry.");
        assertThat(review(yaml, outcome(Kind.BROKEN, 3), 3, false).faults())
                .containsExactly("touchstone-expect.yaml: EV-01 is called flaky, but it broke in all of 3 rounds.");
        assertThat(review(yaml, outcome(Kind.BROKEN, 1), 3, false).faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[ | it is no YAML",
                "7 | it is no mapping",
                "other: [] | it has 'other'; accepted are expected, flaky",
                "expected: 7 | 'expected' is no list",
                "expected: [7] | an entry is no mapping",
                "expected: [{reason: r}] | an entry has no id",
                "expected: [{id: EV-01, rate: 0.1}] | an entry has 'rate'; accepted are id, link, reason, until",
                "expected: [{id: EV-01, until: soon}] | until of EV-01 is 'soon'; accepted is a day such as 2027-01-31",
                "expected: [{id: EV-01, reason: [x]}] | reason of EV-01 is",
                "flaky: [{id: EV-01, rate: 1.5}] | rate of EV-01 is 1.5; accepted is a number between 0 and 1",
                "flaky: [{id: EV-01, runs: 1}] | runs of EV-01 is 1; accepted is a whole number from 2",
            })
    void refusesAFileThatCannotBeUnderstood(String yaml, String why) {
        assertThatThrownBy(() -> Expectations.parse(FILE, yaml))
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("The expectations file touchstone-expect.yaml cannot be understood: ")
                .hasMessageContaining(why)
                .hasMessageEndingWith(".");
    }

    @Test
    void refusesANamedFileThatIsNotThere() {
        assertThatThrownBy(() -> Expectations.read(Optional.of(Path.of("no-such-file.yaml"))))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("there is no such file");
        assertThat(Expectations.parse(FILE, "# nothing yet\n").entries()).isEmpty();
    }

    private static ExpectationReview review(String yaml, RequirementOutcome outcome, int rounds, boolean partial) {
        return ExpectationReview.of(Expectations.parse(FILE, yaml), List.of(outcome), rounds, partial, TODAY);
    }

    private static RequirementOutcome outcome(Kind kind, int brokenRounds) {
        return new RequirementOutcome(
                new Requirement("EV-01", "EV", Level.MUST, Profile.CORE, "promise", "teeth"),
                true,
                Optional.of(kind),
                List.of("a.feature:1"),
                Optional.empty(),
                brokenRounds,
                Optional.empty());
    }
}
