package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.verdict.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TX-01 to TX-05 and SP-05 at the character where they turn. */
class TextDetailTest {
    private static final String CUT = "\uFFFD";
    private static final String DELETE = "\u007f";

    private static Generation text(String... pieces) {
        return Prompted.by("p").gives(pieces);
    }

    private static Verdict whole(Generation... generations) {
        return TextIntegrity.judge(List.of(generations));
    }

    // --- TX-01

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udfff"})
    void catchesTheFirstAndTheLastSurrogate(String lone) {
        broken(whole(Literal.generation(Literal.STARTED + Literal.token(lone, 0))), "TX-01", "no lone surrogate");
    }

    @Test
    void takesDeleteForAscii() {
        inconclusive(whole(text("a", DELETE)), "no character beyond ASCII");
        broken(whole(text("", DELETE + "春", CUT, CUT, "x")), "TX-01", "within the text");
    }

    @Test
    void blamesEachReplacementButTheOneAtTheVeryEnd() {
        Verdict verdict = whole(text("🙂", CUT, CUT, "x", CUT));
        assertThat(((Verdict.Broken) verdict).findings()).hasSize(2);
    }

    @Test
    void countsNoReplacementsOfATextThatHoldsBytesBack() {
        Generation holding = text("", "春", CUT, CUT, "x");
        held(whole(holding, text("春", CUT, "x")), "all whole");
        Verdict verdict = whole(holding, text("春", CUT, CUT, "x"));
        assertThat(((Verdict.Broken) verdict).findings()).hasSize(2);
    }

    @Test
    void takesMoreThanHalfQuestionMarksForLostCharacters() {
        broken(whole(text("????????", " abcdefg")), "TX-01", "8 of 15 characters were question marks");
        inconclusive(whole(text("????????", " abcdefgh")), "no character beyond ASCII");
        inconclusive(whole(text("???????")), "no character beyond ASCII");
    }

    @Test
    void findsUtf8InARunThatIsCutOrAsShortAsCanBe() {
        String euro = new String("€".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertThat(Mojibake.find(euro)).isPresent();
        String cut = new String("春🙂".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1).substring(0, 6);
        assertThat(Mojibake.find(cut)).contains(new Mojibake("ISO-8859-1", cut));
        assertThat(Mojibake.find("春夏秋")).isEmpty();
    }

    // --- TX-02

    private static Generation limited(int limit, String... pieces) {
        return Prompted.by("p").limit(limit).gives(pieces);
    }

    @Test
    void deleteLeavesNoBytesPending() {
        Generation whole = limited(3, "a", "", DELETE);
        inconclusive(
                TokenAccount.judge(List.of(whole, whole), List.of(limited(1, "a"), limited(2, "a", ""))),
                "of 3 cuts none fell within a character, 3 were counted");
    }

    @Test
    void knowsATextWhoseCharactersTakeSeveralTokens() {
        assertThat(TokenAccount.spansTokens(text("", "春"))).isTrue();
        assertThat(TokenAccount.spansTokens(text("春"))).isFalse();
        assertThat(TokenAccount.spansTokens(text("", "a"))).isFalse();
        assertThat(TokenAccount.spansTokens(text("", DELETE))).isFalse();
    }

    // --- TX-03

    private static Generation uncounted(String text) {
        return OpenAi.streamed("{\"prompt\":\"p\",\"stream\":true}", text, "length", -1);
    }

    private static PromptFidelity.Spelling spelling(boolean steady) {
        Generation raw = uncounted("a");
        return new PromptFidelity.Spelling("x", raw, steady ? raw : uncounted("b"), raw);
    }

    private static Verdict spelled(Boolean... steady) {
        return PromptFidelity.judge(
                Stream.of(steady).map(TextDetailTest::spelling).toList(), List.of());
    }

    @Test
    void halfOfThePromptsMustBeTold() {
        held(spelled(true, false), "1 prompts");
        held(spelled(true, true, false, false), "2 prompts");
        inconclusive(spelled(true, false, false), "disagrees with itself");
    }

    private static Verdict mangled(Generation prompt, Generation... mangled) {
        List<PromptFidelity.Mangling> all = Stream.of(mangled)
                .map(m -> new PromptFidelity.Mangling("CRLF as LF", prompt, m))
                .toList();
        return PromptFidelity.judge(List.of(spelling(true)), all);
    }

    @Test
    void onePromptAloneTellsOnlyWithACountOfItsTokens() {
        broken(mangled(text("a"), text("a")), "TX-03", "CRLF as LF", "1 of 1 such prompts");
        held(mangled(uncounted("a"), uncounted("a")), "told apart");
        broken(mangled(uncounted("a"), uncounted("a"), uncounted("a")), "TX-03", "2 of 2 such prompts");
    }

    @Test
    void promptThatWasNotServedTellsNothing() {
        Generation failed = OpenAi.answered(
                200,
                "text/event-stream",
                "{\"prompt\":\"p\",\"stream\":true}",
                "data: {\"choices\":[{\"text\":\"a\"}]}\n\n");
        held(mangled(uncounted("a"), failed, failed), "told apart");
        held(mangled(failed, uncounted("a"), uncounted("a")), "told apart");
    }

    // --- TX-05

    private static Generation words(String... pieces) {
        return Prompted.by("red blue red blue red").gives(pieces);
    }

    private static Verdict spaced(Generation... generations) {
        return Spacing.judge(List.of(generations), List.of());
    }

    @Test
    void showsATextThatBeginsJoined() {
        Generation joined = words("blue", " red", " blue", " red");
        broken(spaced(words("red", " blue"), joined, joined), "TX-05", "such as \"blue red blue red\"");
        inconclusive(spaced(joined), "no space was due");
        Generation start = Prompted.by("red blue red").gives("blue", " red", " x");
        broken(spaced(start, start), "TX-05", "2 of 2 texts begin with the next word");
    }

    @Test
    void countsOnlyWordsOfThePromptThatStandTogether() {
        assertThat(spaced(words(" blue", " red", " blue", " red")).summary())
                .endsWith("4 words apart as in their prompts");
        inconclusive(spaced(words(" x", " red", " x", " red", " x", " red", " x", " red")), "no space was due");
        inconclusive(spaced(words(" bluex", " redx", " bluex", " redx")), "no space was due");
        inconclusive(spaced(Prompted.by(" ").gives("a", " b")), "no space was due");
        held(spaced(Prompted.by(" red blue red").gives(" blue", " red", " blue", " red", " x")), "4 words apart");
    }

    // --- SP-05

    private static Verdict repeated(int tokens, int distinct, String... penalized) {
        String[] pieces = Stream.iterate(0, n -> n + 1)
                .limit(tokens)
                .map(n -> " w" + n % distinct)
                .toArray(String[]::new);
        return Repetition.judge(List.of(new Repetition.Pair(text(pieces), text(penalized))));
    }

    @Test
    void textLoopsFromAQuarterOfRepetitionOn() {
        String[] other = {"a", "b", "c", "d", "e", "f", "g", "h"};
        held(repeated(8, 5, other), "1 of 1 looping texts repeat less", "0.63 without and 1.00 with");
        inconclusive(repeated(8, 6, other), "looped on no prompt");
        inconclusive(repeated(7, 2, other), "looped on no prompt");
        broken(repeated(8, 2, "a", "a", "a", "a", "b", "b", "b", "b"), "SP-05", "on 1 looping texts there were not");
    }
}
