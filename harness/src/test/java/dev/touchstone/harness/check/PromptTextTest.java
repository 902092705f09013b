package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The teeth of TX-02, TX-03, TX-05 and TX-06. */
class PromptTextTest {
    private static final String CUT = "\uFFFD";
    private static final Generation WHOLE = limited(5, "", "", "春", "", "夏");

    private static Generation limited(int limit, String... pieces) {
        return Prompted.by("春夏").limit(limit).gives(pieces);
    }

    private static Verdict swept(Generation... swept) {
        return TokenAccount.judge(List.of(WHOLE, WHOLE), List.of(swept));
    }

    private static final Generation ONE = limited(1, CUT);
    private static final Generation TWO = limited(2, "", CUT);
    private static final Generation THREE = limited(3, "", "", "春");
    private static final Generation FOUR = limited(4, "", "", "春", CUT);

    @Test
    void acceptsPendingBytesAsOneReplacement() {
        held(swept(ONE, TWO, THREE, FOUR), "5 cuts, 3 of them within a character");
    }

    @Test
    void acceptsATextThatTheModelEnds() {
        held(swept(ONE, TWO, Prompted.by("春夏").limit(3).ending("eos").gives("", CUT)), "4 cuts");
    }

    @Test
    void catchesBytesThatAreDropped() {
        broken(swept(ONE, limited(2, "", ""), THREE, FOUR), "TX-02", "token 1 left pending", "dropped");
        broken(swept(ONE, TWO, THREE, limited(4, "", "", "春", "")), "TX-02", "\"夏\"", "dropped");
    }

    @Test
    void catchesSeveralReplacementsForOneCharacter() {
        broken(swept(ONE, limited(2, CUT, CUT)), "TX-02", "one U+FFFD", "there were 2");
    }

    @Test
    void catchesTokensThatAreNotCounted() {
        broken(swept(ONE, limited(2, CUT)), "TX-02", "max_tokens = 2", "tokens_out was 1");
        broken(swept(ONE, TWO, limited(3, "春")), "TX-02", "max_tokens = 3", "the highest i + 1 1");
        broken(swept(ONE, Prompted.by("春夏").limit(2).failsAfter("")), "TX-02", "a text for max_tokens = 2");
    }

    @Test
    void provesNothingWhereNoCutFallsWithinACharacter() {
        Generation plain = limited(2, "a", "b");
        inconclusive(TokenAccount.judge(List.of(plain, plain), List.of(limited(1, "a"))), "none fell within");
        inconclusive(TokenAccount.judge(List.of(), List.of()), "no text came");
        inconclusive(swept(limited(1, "x")), "DT-08");
    }

    @Test
    void readsTheOpenAiDialect() {
        List<Generation> swept = new ArrayList<>();
        swept.add(chunks(1, 1, CUT));
        swept.add(chunks(2, 2, CUT));
        Generation whole = chunks(3, 3, "春");
        held(TokenAccount.judge(List.of(whole, whole), swept), "3 cuts, 2");
        swept.set(1, chunks(2, 1, CUT));
        broken(TokenAccount.judge(List.of(whole, whole), swept), "TX-02", "usage.completion_tokens 2", "it was 1");
    }

    @Test
    void cannotCountWhereTheDialectTellsNoUsage() {
        Generation whole = chunks(2, -1, "春");
        assertThat(TokenAccount.judge(List.of(whole, whole), List.of(chunks(1, -1, CUT))))
                .isInstanceOf(Verdict.Unsupported.class);
    }

    private static Generation chunks(int limit, int counted, String text) {
        return OpenAi.streamed(
                "{\"prompt\":\"p\",\"stream\":true,\"max_tokens\":%d}".formatted(limit), text, "length", counted);
    }

    private static PromptFidelity.Spelling spelling(Generation escaped) {
        Generation raw = Prompted.by("🙂").counted(4).gives("a");
        return new PromptFidelity.Spelling("emoji", raw, raw, escaped);
    }

    private static Verdict spelled(Generation escaped) {
        return PromptFidelity.judge(List.of(spelling(escaped)), List.of());
    }

    @Test
    void acceptsOneResultForBothSpellings() {
        held(spelled(Prompted.by("🙂").counted(4).gives("a")), "1 prompts");
    }

    @Test
    void catchesARefusedEmoji() {
        broken(spelled(Prompted.by("🙂").refused()), "TX-03", "the prompt of emoji to be accepted", "status 400");
    }

    @Test
    void catchesASurrogatePairThatBreaks() {
        broken(spelled(Prompted.by("🙂").counted(6).gives("a")), "TX-03", "4 prompt tokens", "there were 6");
        broken(spelled(Prompted.by("🙂").counted(4).gives("b")), "TX-03", "spelled with JSON escapes", "\"b\"");
    }

    private static Verdict crlf(Generation... mangled) {
        Generation raw = Prompted.by("a\r\nb\r\n").counted(6).gives("a");
        List<PromptFidelity.Mangling> all = new ArrayList<>();
        for (Generation one : mangled) {
            all.add(new PromptFidelity.Mangling("CRLF as LF", raw, one));
        }
        return PromptFidelity.judge(
                List.of(spelling(Prompted.by("🙂").counted(4).gives("a"))), all);
    }

    @Test
    void catchesLineEndsThatAreNormalised() {
        Generation same = Prompted.by("a\nb\n").counted(6).gives("a");
        broken(crlf(same, same), "TX-03", "CRLF as LF", "2 of 2 such prompts");
        held(crlf(same, Prompted.by("a\nb\n").counted(4).gives("a")), "told apart: CRLF as LF");
        held(crlf(Prompted.by("a\nb\n").counted(6).gives("c")), "told apart");
    }

    @Test
    void cannotTellAPromptFromAWorkerThatDisagreesWithItself() {
        Generation raw = OpenAi.streamed("{\"prompt\":\"p\",\"stream\":true}", "a", "length", -1);
        Generation other = OpenAi.streamed("{\"prompt\":\"p\",\"stream\":true}", "b", "length", -1);
        inconclusive(
                PromptFidelity.judge(List.of(new PromptFidelity.Spelling("x", raw, other, raw)), List.of()),
                "disagrees with itself");
        inconclusive(PromptFidelity.judge(List.of(), List.of()), "no prompt");
    }

    private static Generation words(String... pieces) {
        return Prompted.by("red blue red blue red").gives(pieces);
    }

    @Test
    void acceptsSpacesAndOtherTurns() {
        held(Spacing.judge(List.of(words(" blue", " red", " blue", " red")), List.of()), "4 words apart");
        held(Spacing.judge(List.of(words(" blue", " red", " blue", " red", " bluered")), List.of()), "4 words apart");
        inconclusive(Spacing.judge(List.of(words(" Then", " we", " went")), List.of()), "no space was due");
    }

    @Test
    void catchesTrimmedTokens() {
        broken(
                Spacing.judge(List.of(words("blue", "red", "blue")), List.of()),
                "TX-05",
                "3 were joined",
                "blueredblue");
        Generation lines = Prompted.by("red\nblue\nred").gives("blue", "red");
        broken(Spacing.judge(List.of(words(" blue", " red", " blue", " red"), lines), List.of()), "TX-05", "joined");
    }

    @Test
    void catchesAFirstTokenThatIsTrimmed() {
        Generation first = words("blue", " red", " blue", " red");
        broken(Spacing.judge(List.of(first, first), List.of()), "TX-05", "2 of 2 texts begin with the next word");
        held(Spacing.judge(List.of(first, words(" blue", " red")), List.of()), "apart");
    }

    @Test
    void leavesAModelThatBeginsAnewToItself() {
        Generation anew = words("red", " blue", " red", " blue", " red");
        held(Spacing.judge(List.of(anew, anew), List.of()), "apart");
        Generation reply = OpenAi.streamed(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"red blue red blue red\"}],\"stream\":true}",
                "blue red blue red blue",
                "length",
                5);
        held(Spacing.judge(List.of(reply, reply), List.of()), "apart");
    }

    @Test
    void comparesWithTheAnswerThatWasNotStreamed() {
        String request = "{\"prompt\":\"p\",\"stream\":%s}";
        Generation streamed = OpenAi.streamed(request.formatted("true"), " a b", "length", 2);
        held(
                Spacing.judge(
                        List.of(streamed, streamed),
                        List.of(OpenAi.whole(request.formatted("false"), " a b", "length"))),
                "1 texts as without streaming");
        broken(
                Spacing.judge(
                        List.of(streamed, streamed),
                        List.of(OpenAi.whole(request.formatted("false"), "\n a b", "length"))),
                "TX-05",
                "without streaming");
    }

    private static final List<Generation> USUAL =
            List.of(Prompted.by("p").gives("a"), Prompted.by("p").gives("a"));

    private static Verdict noText(Exchange answer, Generation after) {
        return NoText.judge(USUAL, List.of(new NoText.Trial("a lone surrogate escape", answer, after)));
    }

    private static final String REFUSAL =
            "{\"code\":\"INVALID_REQUEST\",\"message\":\"prompt must be text.\",\"retriable\":false}";

    @Test
    void acceptsARefusalAndAReplacement() {
        Generation usual = Prompted.by("p").gives("a");
        held(noText(Literal.answer(400, REFUSAL), usual), "1 refused, 0 served");
        held(noText(Prompted.by("one\uFFFD").gives("x").exchange(), usual), "0 refused, 1 served");
    }

    @Test
    void catchesAFailureAndAResetConnection() {
        Generation usual = Prompted.by("p").gives("a");
        broken(noText(Literal.answer(500, "{}"), usual), "TX-06", "status 400 for a prompt with a lone", "it was 500");
        broken(noText(Prompted.by("x").failsAfter("a").exchange(), usual), "TX-06", "served whole or refused");
        broken(noText(reset(), usual), "TX-06", "status 400", "the worker reset the connection");
    }

    private static Exchange reset() {
        Exchange answered = Literal.answer(400, "");
        return new Exchange(
                1,
                "literal",
                answered.request(),
                Optional.empty(),
                List.of(),
                new BodyEnd.Cut(1, "the worker reset the connection"));
    }

    @Test
    void catchesAWorkerThatDiesAndLaterGarbage() {
        Exchange refused = Literal.answer(400, REFUSAL);
        broken(
                noText(refused, Prompted.by("p").gives("?!")),
                "TX-06",
                "after a prompt with a lone surrogate escape",
                "\"?!\"");
        Exchange asked = Prompted.by("p").gives("a").exchange();
        Generation dead = Generation.of(new Exchange(
                2, "literal", asked.request(), Optional.empty(), List.of(), new BodyEnd.Cut(1, BodyEnd.Cut.REFUSED)));
        broken(noText(refused, dead), "TX-06", "there was none", "refused");
        inconclusive(NoText.judge(USUAL, List.of()), "nothing was asked");
    }

    @Test
    void leavesReplacementsToAModelWhoseCharactersComeWhole() {
        Generation own = Prompted.by("p").gives("", "春", CUT, CUT, "x");
        held(TextIntegrity.judge(List.of(own)), "all whole");
        Generation clean = Prompted.by("p").gives("", "春");
        held(TextIntegrity.judge(List.of(clean, Prompted.by("p").gives("春", CUT, "x"))), "all whole");
        broken(
                TextIntegrity.judge(List.of(clean, Prompted.by("p").gives("春", CUT, CUT, "x"))),
                "TX-01",
                "within the text");
    }

    @Test
    void catchesATextWithinWhoseCharactersTheConnectionBreaks() {
        Generation cut = Generation.of(Literal.exchange(
                200,
                Map.of("Content-Type", "text/event-stream"),
                "{\"job_id\":\"j\",\"prompt\":\"春夏\",\"max_tokens\":5}",
                Literal.STARTED,
                new BodyEnd.Cut(1, "connection reset")));
        broken(TokenAccount.judge(List.of(cut), List.of()), "TX-02", "a text for max_tokens = 5", "no terminal event");
    }

    @Test
    void catchesAPromptThatIsSentBackInOneToken() {
        String prompt = "春夏秋冬春";
        held(PromptEcho.judge(List.of(Prompted.by(prompt).counted(9).gives("", "夏", "秋"))), "1 texts");
        broken(
                PromptEcho.judge(List.of(Prompted.by(prompt).counted(9).gives(prompt + "夏", "秋"))),
                "TX-05",
                "t began with the whole prompt");
        // a model that repeats its prompt token by token, and a prompt that is a token or two
        held(PromptEcho.judge(List.of(Prompted.by(prompt).counted(9).gives("春夏", "秋冬", "春"))), "1 texts");
        inconclusive(PromptEcho.judge(List.of(Prompted.by("a").counted(1).gives("a", "a"))), "several tokens");
    }
}
