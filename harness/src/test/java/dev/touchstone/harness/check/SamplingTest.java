package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The teeth of SP-02, SP-05, SP-06, SP-07, and what DT-03 and DT-07 say of prompts and of drawing. */
class SamplingTest {
    private static final Generation GREEDY = Prompted.by("p").gives("a", " b");

    private static Verdict form(Generation generation) {
        return GreedyForms.judge(
                List.of(GREEDY, GREEDY), List.of(new GreedyForms.Form("top_k 1 and seed 7", generation)));
    }

    @Test
    void acceptsTheGreedyTextInEveryForm() {
        held(form(Prompted.by("p").topK(1).gives("a", " b")), "1 other forms");
    }

    @Test
    void catchesAnIgnoredTopKAndANoisyTopP() {
        broken(form(Prompted.by("p").topK(1).gives("a", " c")), "SP-02", "with top_k 1 and seed 7", "character 2");
        broken(form(Prompted.by("p").topK(1).failsAfter()), "SP-02", "INTERNAL");
        broken(form(Prompted.by("p").topK(1).answered(500, "")), "SP-02", "status 500");
    }

    @Test
    void takesARefusalOfAFormForAnHonestAnswer() {
        assertThat(form(Prompted.by("p").topK(1).refused())).isInstanceOf(Verdict.Unsupported.class);
        inconclusive(GreedyForms.judge(List.of(GREEDY, GREEDY), List.of()), "nothing was asked");
        inconclusive(
                GreedyForms.judge(
                        List.of(GREEDY, Prompted.by("p").gives("z")), List.of(new GreedyForms.Form("top_p 0", GREEDY))),
                "disagrees with itself");
    }

    private static Generation looping(int tokens) {
        return Prompted.by("p").gives(pieces(tokens, 2));
    }

    private static String[] pieces(int tokens, int distinct) {
        String[] pieces = new String[tokens];
        for (int i = 0; i < tokens; i++) {
            pieces[i] = " w" + i % distinct;
        }
        return pieces;
    }

    private static Verdict penalized(Generation plain, Generation penalized) {
        return Repetition.judge(List.of(new Repetition.Pair(plain, penalized)));
    }

    @Test
    void judgesTheRepetitionPenalty() {
        held(penalized(looping(16), Prompted.by("p").penalty(1.8).gives(pieces(12, 12))), "1 of 1 looping");
        broken(
                penalized(looping(16), Prompted.by("p").penalty(1.8).gives(pieces(16, 2))),
                "SP-05",
                "0.13 without and 0.13 with");
        inconclusive(penalized(Prompted.by("p").gives(pieces(16, 16)), looping(16)), "looped on no prompt");
        inconclusive(penalized(looping(16), Prompted.by("p").gives("a")), "looped on no prompt");
        assertThat(penalized(looping(16), Prompted.by("p").penalty(1.8).refused()))
                .isInstanceOf(Verdict.Unsupported.class);
    }

    private static List<Generation> texts(String... texts) {
        List<Generation> all = new ArrayList<>();
        for (String text : texts) {
            all.add(Prompted.by("p").seed(all.size()).gives(text));
        }
        return all;
    }

    @Test
    void judgesWhatTheTemperatureDoes() {
        var varied = new TemperatureVariety.Trial(texts("a", "a", "a"), texts("a", "b", "c"));
        var ignored = new TemperatureVariety.Trial(texts("a", "b", "c"), texts("a", "b", "c"));
        var inverted = new TemperatureVariety.Trial(texts("a", "b", "c"), texts("a", "a", "a"));
        held(TemperatureVariety.judge(List.of(ignored, varied)), "3 distinct texts of 3 seeds at the high");
        broken(TemperatureVariety.judge(List.of(ignored)), "SP-06", "there were 3 at the high and 3 at the low");
        broken(TemperatureVariety.judge(List.of(inverted)), "SP-06", "there were 1 at the high and 3 at the low");
        inconclusive(TemperatureVariety.judge(List.of()), "nothing was generated");
        inconclusive(TemperatureVariety.judge(List.of(new TemperatureVariety.Trial(List.of(), List.of()))), "too few");
    }

    private static Generation seeded(String prompt, long seed, String text) {
        return Prompted.by(prompt).seed(seed).gives(text);
    }

    @Test
    void acceptsExactSeeds() {
        held(
                ExactSeed.judge(
                        List.of(seeded("p", 0, "a"), seeded("p", 1, "b"), seeded("p", 2, "a"), seeded("p", 0, "a"))),
                "3 seeds echoed exactly");
        // A model may be sure of one prompt.
        held(
                ExactSeed.judge(
                        List.of(seeded("p", 0, "a"), seeded("p", 1, "a"), seeded("q", 0, "a"), seeded("q", 1, "b"))),
                "2 seeds");
    }

    @Test
    void catchesASeedRoundedThroughADoubleOrNegative() {
        Generation rounded = Prompted.by("p").seed(9007199254740993L).givesWithSeed("9007199254740992", "a");
        broken(ExactSeed.judge(List.of(rounded)), "SP-07", "seed 9007199254740993", "it was 9007199254740992");
        broken(ExactSeed.judge(List.of(Prompted.by("p").seed(1).givesWithSeed("-1", "a"))), "SP-07", "it was -1");
        broken(
                ExactSeed.judge(List.of(seeded("p", 9007199254740992L, "a"), seeded("p", 9007199254740993L, "a"))),
                "SP-07",
                "9007199254740992 and 9007199254740993 to give different texts");
        broken(ExactSeed.judge(List.of(Prompted.by("p").seed(1).refused())), "SP-07", "seed 1 to be accepted");
    }

    @Test
    void cannotTellSeedsApartWhereOneGivesTwoTexts() {
        inconclusive(ExactSeed.judge(List.of(seeded("p", 0, "a"), seeded("p", 0, "b"))), "DT-02");
        inconclusive(ExactSeed.judge(List.of()), "too few");
    }

    @Test
    void looksForVarietyOnSeveralPrompts() {
        List<Generation> sure = List.of(seeded("p", 1, "a"), seeded("p", 2, "a"), seeded("p", 3, "a"));
        List<Generation> both = new ArrayList<>(sure);
        both.addAll(List.of(seeded("q", 1, "a"), seeded("q", 2, "b"), seeded("q", 3, "c")));
        held(SeedVariety.judge(both, 3), "3 distinct texts of 3 seeds");
        broken(SeedVariety.judge(sure, 3), "DT-03", "there were 1");
        inconclusive(SeedVariety.judge(List.of(), 3), "nothing was generated");
    }

    @Test
    void catchesASeedThatIsTheSameForEveryRequest() {
        Generation fixed = Prompted.by("p").givesWithSeed("42", "a");
        broken(
                SeedReplay.judge(List.of(fixed, fixed, fixed), List.of(fixed, fixed, fixed)),
                "DT-07",
                "a seed drawn for each request",
                "all 3 reported 42");
    }

    @Test
    void seesOnlyTheDrawingInTheOpenAiDialect() {
        List<Generation> drawn = new ArrayList<>();
        for (String text : List.of("a", "b", "a")) {
            drawn.add(OpenAi.streamed("{\"prompt\":\"p\",\"stream\":true}", text, "length", 1));
        }
        assertThat(SeedReplay.judge(drawn, List.of())).isInstanceOf(Verdict.Unsupported.class);
        inconclusive(
                SeedReplay.judge(List.of(drawn.getFirst(), drawn.getLast(), drawn.getFirst()), List.of()), "one text");
        inconclusive(SeedReplay.judge(drawn.subList(0, 1), List.of()), "too few");
    }
}
