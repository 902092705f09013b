package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.verdict.Verdict;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Which texts are compared with which, and how many are enough. */
class SameTextDetailTest {
    private static final Generation NOTHING = text();

    private static Generation text(String... pieces) {
        return Prompted.by("p").gives(pieces);
    }

    private static Generation limited(int limit, String... pieces) {
        return Prompted.by("p").limit(limit).gives(pieces);
    }

    private static List<Generation> times(int count, String text) {
        return Collections.nCopies(count, text(text));
    }

    @Test
    void comparesEachRequestWithItsOwnPlainRuns() {
        List<Generation> plain = List.of(text("a"), text("a"), text("b"), text("b"));
        held(
                SameText.across("DT-05", plain, List.of(text("a"), text("b")), "x"),
                "2 requests, x: the same text as 2 plain runs of each");
        broken(SameText.across("DT-05", plain, List.of(text("a"), text("a")), "x"), "DT-05", "\"a\" instead of \"b\"");
    }

    @Test
    void needsTwoPlainRunsOfEachAndATextOfEach() {
        List<Generation> two = times(2, "a");
        inconclusive(SameText.across("DT-05", times(3, "a"), two, "x"), "3 generations are too few, 4 are needed");
        inconclusive(SameText.across("DT-05", two, List.of(NOTHING), "x"), "gave no whole text");
        inconclusive(SameText.across("DT-05", two, List.of(), "under load"), "nothing was asked under load");
    }

    @Test
    void tellsWhenTheDifferentTokenCame() {
        Verdict verdict = SameText.judge("DT-01", List.of(text("a", "b"), text("a", "c")), 2);
        // started, a, c: a millisecond each
        assertThat(((Verdict.Broken) verdict).findings())
                .extracting(f -> f.atMillis())
                .containsExactly(OptionalDouble.of(3));
    }

    @Test
    void saysWhichRunDisagrees() {
        inconclusive(
                Unchanged.judge(
                        "DT-04",
                        List.of(text("a"), text("a"), text("b")),
                        List.of(new Unchanged.Later("later", text("a")))),
                "run 3 differs from character 0");
        held(
                Unchanged.judge("DT-04", times(2, "a"), List.of(new Unchanged.Later("later", text("a")))),
                "1 results as in the plain runs: later");
    }

    @Test
    void namesTheShorterTextsInOrder() {
        List<Generation> plain = List.of(limited(4, "a", "b", "c", "d"), limited(4, "a", "b", "c", "d"));
        held(
                PrefixConsistency.judge(plain, List.of(limited(3, "a", "b", "c"), limited(1, "a"))),
                "the texts for [1, 3] tokens");
        inconclusive(PrefixConsistency.judge(plain, List.of(limited(1))), "gave no whole text");
    }

    @Test
    void replaysMustBeWhole() {
        List<Generation> drawn = List.of(
                Prompted.by("p").givesWithSeed("5", "a"), Prompted.by("p").givesWithSeed("6", "b"));
        inconclusive(SeedReplay.judge(drawn, List.of(drawn.getFirst(), NOTHING)), "gave no whole text");
        inconclusive(SeedReplay.judge(drawn, drawn.subList(0, 1)), "1 generations are too few, 2 are needed");
    }

    @Test
    void bothTemperaturesMustGiveText() {
        inconclusive(
                TemperatureVariety.judge(
                        List.of(new TemperatureVariety.Trial(times(2, "a"), List.of(text("a"), NOTHING)))),
                "gave no whole text");
        inconclusive(TemperatureVariety.judge(List.of()), "nothing was generated");
    }

    private static Verdict heads(int greedy, int seeded) {
        return WholePrompt.judge(times(greedy, "a"), times(seeded, "b"), Optional.of(text("c")), 3, 1);
    }

    @Test
    void firstSentencesMustBeEnoughInBothDraws() {
        broken(heads(4, 4), "CX-04", "all of 3 had one greedy and one drawn continuation");
        inconclusive(heads(3, 4), "too few first sentences");
        inconclusive(heads(4, 3), "too few first sentences");
        inconclusive(heads(4, 2), "2 generations are too few, 3 are needed");
    }

    @Test
    void countsFormsAndWords() {
        held(
                GreedyForms.judge(times(2, "a"), List.of(new GreedyForms.Form("top_k 1", text("a")))),
                "1 other forms gave the greedy text of 1 tokens");
        Generation own = Prompted.by("of apples").gives(" apples");
        held(ForeignWords.judge("QU-03", List.of(own, own), List.of("apples", "pears")), "2 of 2 answers");
    }
}
