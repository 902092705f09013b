package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The teeth of DT-04, DT-05, DT-06, DT-08 and DT-09. */
class UnchangedTest {
    private static final List<Generation> PLAIN = List.of(greedy("a", " b"), greedy("a", " b"), drawn("x"), drawn("x"));

    private static Generation greedy(String... pieces) {
        return Prompted.by("p").gives(pieces);
    }

    private static Generation drawn(String... pieces) {
        return Prompted.by("p").seed(7).gives(pieces);
    }

    private static Verdict later(String rule, Generation... generations) {
        return Unchanged.judge(
                rule,
                PLAIN,
                List.of(generations).stream()
                        .map(g -> new Unchanged.Later("after a cancelled request", g))
                        .toList());
    }

    @Test
    void acceptsTheSameResultsAgain() {
        held(later("DT-04", greedy("a", " b"), drawn("x")), "2 results", "after a cancelled request");
    }

    @Test
    void catchesACacheThatWasNotCleared() {
        broken(later("DT-04", greedy("a", " c"), drawn("x")), "DT-04", "after a cancelled request", "character 2");
    }

    @Test
    void catchesAPrefixCacheThatCollides() {
        Generation other = Prompted.by("p q").gives("z");
        Verdict verdict = Unchanged.judge(
                "DT-04",
                List.of(greedy("a"), greedy("a"), other, other),
                List.of(new Unchanged.Later("after the same prompt with another tail", greedy("z"))));
        broken(verdict, "DT-04", "another tail", "\"z\" instead of \"a\"");
    }

    @Test
    void catchesSamplerStateThatIsKept() {
        broken(later("DT-04", greedy("a", " b"), drawn("y")), "DT-04", "\"y\" instead of \"x\"");
    }

    @Test
    void catchesTextThatDependsOnTheBatchAndASharedSampler() {
        broken(later("DT-05", greedy("a", " b", " c")), "DT-05", "differs from character 3");
        broken(later("DT-05", drawn("y")), "DT-05", "\"y\" instead of \"x\"");
    }

    @Test
    void catchesASeedFromTheClockAndTunedKernels() {
        broken(later("DT-06", greedy("a", " b"), drawn("z")), "DT-06", "\"z\" instead of \"x\"");
        broken(later("DT-06", greedy("b", " b")), "DT-06", "character 0");
    }

    @Test
    void catchesAnotherCountAndARequestThatFails() {
        broken(later("DT-04", greedy("a b")), "DT-04", "token count");
        broken(later("DT-04", Prompted.by("p").failsAfter("a")), "DT-04", "there was none", "INTERNAL");
        broken(later("DT-04", Prompted.by("p").answered(500, "")), "DT-04", "status 500");
    }

    @Test
    void countsNoPiecesWhereTheDialectTellsNoTokens() {
        String request = "{\"prompt\":\"p\",\"stream\":true}";
        Generation one = OpenAi.streamed(request, "a b", "length", -1);
        Generation two = OpenAi.pieces(request, "a", " b");
        held(Unchanged.judge("DT-05", List.of(one, one), List.of(new Unchanged.Later("under load", two))), "1 results");
    }

    @Test
    void doesNotBlameTheConditionForAWorkerThatDisagreesWithItself() {
        Verdict verdict = Unchanged.judge(
                "DT-05", List.of(greedy("a"), greedy("b")), List.of(new Unchanged.Later("under load", greedy("c"))));
        inconclusive(verdict, "disagrees with itself", "DT-01");
    }

    @Test
    void looksAtTheOtherRequestWhereOneIsUnstable() {
        List<Generation> plain = List.of(greedy("a"), greedy("a"), drawn("x"), drawn("y"));
        broken(
                Unchanged.judge("DT-05", plain, List.of(new Unchanged.Later("under load", greedy("b")))),
                "DT-05",
                "\"b\" instead of \"a\"");
        inconclusive(
                Unchanged.judge(
                        "DT-05",
                        plain,
                        List.of(
                                new Unchanged.Later("under load", greedy("a")),
                                new Unchanged.Later("under load", drawn("x")))),
                "disagrees with itself");
    }

    @Test
    void provesNothingByNothing() {
        inconclusive(later("DT-04"), "nothing was asked again");
        inconclusive(later("DT-05", Prompted.by("p").answered(503, "{}")), "busy");
        inconclusive(later("DT-04", Prompted.by("unknown").gives("a")), "too few");
        Generation none = Prompted.by("p").gives();
        inconclusive(
                Unchanged.judge("DT-04", List.of(none, none), List.of(new Unchanged.Later("later", none))),
                "no whole text");
    }

    @Test
    void leavesOutWhatTheWorkerDeclines() {
        Generation declined = Prompted.by("p").seed(7).refused();
        List<Generation> plain = List.of(greedy("a"), greedy("a"), declined, declined);
        held(
                Unchanged.judge(
                        "DT-04",
                        plain,
                        List.of(new Unchanged.Later("later", greedy("a")), new Unchanged.Later("later", declined))),
                "1 results");
        assertThat(Unchanged.judge("DT-04", plain, List.of(new Unchanged.Later("later", declined))))
                .isInstanceOf(Verdict.Unsupported.class);
    }

    @Test
    void catchesAFactFromAnotherPrompt() {
        List<String> words = List.of("lemon", "river");
        Generation own = Prompted.by("The word is lemon.").gives("lemon");
        held(ForeignWords.judge("DT-04", List.of(own), words), "1 of 1");
        broken(
                ForeignWords.judge(
                        "DT-04", List.of(own, Prompted.by("The word is lemon.").gives("river")), words),
                "DT-04",
                "'river'");
        inconclusive(ForeignWords.judge("DT-04", List.of(greedy("a")), words), "no answer said");
    }

    @Test
    void judgesThatShortTextsBeginLongOnes() {
        Generation whole = Prompted.by("p").limit(4).gives("a", "", "🙂", " b");
        List<Generation> plain = List.of(whole, whole);
        held(
                PrefixConsistency.judge(
                        plain,
                        List.of(
                                Prompted.by("p").limit(2).gives("a", "\uFFFD"),
                                Prompted.by("p").limit(3).gives("a", "", "🙂"))),
                "[2, 3]");
        broken(
                PrefixConsistency.judge(plain, List.of(Prompted.by("p").limit(2).gives("a", " c"))),
                "DT-08",
                "the text for 2 tokens to begin the text for 4",
                "\"a c\"");
        inconclusive(PrefixConsistency.judge(plain, List.of()), "no shorter text");
        inconclusive(
                PrefixConsistency.judge(
                        List.of(whole, Prompted.by("p").limit(4).gives("b")),
                        List.of(Prompted.by("p").limit(2).gives("a"))),
                "disagrees with itself");
    }

    private static Verdict read(Generation slow) {
        return ReaderIndependence.judge(
                PLAIN.subList(0, 2), List.of(new Unchanged.Later("read in single bytes", slow)));
    }

    @Test
    void judgesThatSlowReadersGetTheSame() {
        held(read(greedy("a", " b")), "2 events");
        broken(read(greedy("a")), "DT-09", "single bytes", "differs from character 1");
        broken(read(greedy("a b")), "DT-09", "token count");
        broken(read(greedy("a ", "b")), "DT-09", "token 0 to be \"a\"", "\"a \"");
        broken(read(Prompted.by("p").failsAfter("a")), "DT-09", "there was none");
        inconclusive(ReaderIndependence.judge(PLAIN.subList(0, 2), List.of()), "nothing was asked");
    }
}
