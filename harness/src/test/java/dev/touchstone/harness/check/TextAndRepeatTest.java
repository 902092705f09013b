package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.generation;
import static dev.touchstone.harness.check.Literal.token;
import static dev.touchstone.harness.check.Literal.tokens;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.brokenAt;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;

import dev.touchstone.harness.sse.SseFinding;
import dev.touchstone.harness.sse.SseRule;
import dev.touchstone.harness.verdict.Verdict;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The teeth of TX-01, TX-04, DT-01 to DT-03, DT-07, SP-01 and EV-10. */
class TextAndRepeatTest {
    private static Generation text(String... parts) {
        var body = new StringBuilder(STARTED);
        for (int i = 0; i < parts.length; i++) {
            body.append(token(parts[i], i));
        }
        return generation(body + end(parts.length, "max_tokens"));
    }

    private static Generation seeded(String seed, String... parts) {
        var body = new StringBuilder(STARTED.replace("42", seed));
        for (int i = 0; i < parts.length; i++) {
            body.append(token(parts[i], i));
        }
        return generation("{\"job_id\":\"j-1\"}", body + end(parts.length, "max_tokens"));
    }

    private static Generation limited(int asked, int came, String reason) {
        return generation(
                "{\"job_id\":\"j-1\",\"max_tokens\":%d}".formatted(asked),
                STARTED + tokens(0, came) + end(came, reason));
    }

    private static Verdict characters(String... parts) {
        return TextIntegrity.judge(List.of(text(parts)));
    }

    @Test
    void acceptsWholeCharactersAndHeldBackTokens() {
        held(characters("🙂", "", " 春", "ž"), "4 tokens", "3 characters beyond ASCII");
        held(characters("🙂", "\\uD83D\\uDE00"), "all whole");
    }

    @Test
    void acceptsOneReplacementAtTheVeryEnd() {
        held(characters("🙂", "\uFFFD"), "all whole");
    }

    @Test
    void catchesAReplacementForEachSplitByte() {
        brokenAt(
                (STARTED + token("🙂", 0)).getBytes(StandardCharsets.UTF_8).length,
                characters("🙂", "\uFFFD", "\uFFFD", "x"),
                "TX-01",
                "U+FFFD",
                "within the text");
    }

    @Test
    void leavesOneReplacementInMidTextToTheModel() {
        inconclusive(characters("🙂", "\uFFFD", "x"), "the model's own");
    }

    @Test
    void catchesALoneSurrogate() {
        broken(characters("\\uD83D", "\\uDE00"), "TX-01", "lone surrogate");
    }

    @Test
    void catchesRawBrokenBytes() {
        var found = new SseFinding(SseRule.INVALID_UTF8, "bytes that are not UTF-8", 99);
        brokenAt(
                99,
                TextIntegrity.judge(List.of(generation(Literal.REQUEST, STARTED + token("é", 0), List.of(found)))),
                "TX-01",
                "valid UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-8859-1", "windows-1252"})
    void catchesUtf8ReadAsAOneByteCharset(String charset) {
        String wrong = new String("春夏秋冬".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        if (charset.equals("windows-1252")) {
            wrong = new String("€€€".getBytes(StandardCharsets.UTF_8), Charset.forName(charset));
        }
        broken(characters(wrong.substring(0, 4), wrong.substring(4)), "TX-01", charset);
    }

    @Test
    void catchesQuestionMarksInPlaceOfCharacters() {
        broken(characters("????", " ????"), "TX-01", "question marks");
        inconclusive(characters("plain", " text"), "no character beyond ASCII");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<|im_end|>", "<|endoftext|>", "</s>", "<|eot_id|>", "<end_of_turn>"})
    void catchesAnEndOfTextMarker(String marker) {
        Generation leak = generation(STARTED + token("yes", 0) + token(marker, 1) + end(2, "eos"));
        brokenAt((STARTED + token("yes", 0)).length(), SpecialTokenLeak.judge(List.of(leak)), "TX-04", marker);
        broken(
                SpecialTokenLeak.judge(List.of(generation(STARTED
                        + token("y" + marker.substring(0, 3), 0)
                        + token(marker.substring(3), 1)
                        + end(2, "eos")))),
                "TX-04",
                marker);
    }

    @Test
    void needsATextThatTheModelEnded() {
        held(
                SpecialTokenLeak.judge(List.of(generation(STARTED + token("a < b |> c", 0) + end(1, "eos")))),
                "1 of 1 texts");
        inconclusive(SpecialTokenLeak.judge(List.of(text("a", "b"))), "the model ended none");
    }

    @Test
    void acceptsEightEqualRuns() {
        held(SameText.judge("DT-01", Collections.nCopies(8, text("a", "b")), 8), "8 runs", "same 2 tokens");
    }

    @Test
    void catchesOneTokenThatDiffersInOneRunOfEight() {
        List<Generation> runs = new ArrayList<>(Collections.nCopies(7, text("a", "b")));
        runs.add(5, text("a", "c"));
        brokenAt(
                (STARTED + token("a", 0)).length(),
                SameText.judge("DT-01", runs, 8),
                "DT-01",
                "run 6 differs from character 1");
    }

    @Test
    void catchesThatOnlyTheFirstRepliesAgree() {
        List<Generation> runs = new ArrayList<>(Collections.nCopies(4, text("a", "b")));
        runs.addAll(Collections.nCopies(4, text("a")));
        broken(SameText.judge("DT-02", runs, 8), "DT-02", "run 5 differs");
        broken(SameText.judge("DT-01", List.of(text("a", "b"), text("ab")), 2), "DT-01", "run 2 had 1");
    }

    @Test
    void emptyOrFailedRunsProveNothing() {
        inconclusive(
                SameText.judge("DT-01", Collections.nCopies(8, generation(STARTED + end(0, "eos"))), 8),
                "no whole text");
        inconclusive(SameText.judge("DT-01", List.of(text("a"), text("a")), 8), "too few");
    }

    @Test
    void judgesTheVarietyOfSeeds() {
        List<Generation> varied = List.of(text("a"), text("b"), text("c"), text("a"), text("a"));
        held(SeedVariety.judge(varied, 3), "3 distinct texts of 5");
        broken(SeedVariety.judge(Collections.nCopies(5, text("a")), 3), "DT-03", "there were 1");
    }

    @Test
    void catchesASeedThatWasNotUsed() {
        List<Generation> drawn = List.of(seeded("5", "a"), seeded("6", "b"));
        held(SeedReplay.judge(drawn, List.of(seeded("5", "a"), seeded("6", "b"))), "2 drawn seeds");
        broken(
                SeedReplay.judge(drawn, List.of(seeded("5", "a"), seeded("6", "c"))),
                "DT-07",
                "seed 6",
                "the replay differs");
        broken(SeedReplay.judge(List.of(seeded("\"x\"", "a")), List.of()), "DT-07", "reported none");
        inconclusive(
                SeedReplay.judge(
                        List.of(seeded("5", "a"), seeded("6", "a")), List.of(seeded("5", "a"), seeded("6", "a"))),
                "proves nothing");
    }

    @Test
    void catchesOneTokenTooManyOrTooFew() {
        held(
                TokenLimit.judge(
                        List.of(limited(1, 1, "max_tokens"), limited(7, 2, "eos"), limited(7, 7, "max_tokens")),
                        List.of(1, 7)),
                "[1, 7]");
        broken(
                TokenLimit.judge(List.of(limited(2, 3, "max_tokens")), List.of(2)),
                "SP-01",
                "at most max_tokens = 2",
                "3 came");
        broken(
                TokenLimit.judge(List.of(limited(2, 1, "max_tokens")), List.of(2)),
                "SP-01",
                "exactly max_tokens = 2",
                "1 came");
        inconclusive(TokenLimit.judge(List.of(limited(7, 2, "eos")), List.of(7)), "no generation ran on");
    }

    @Test
    void catchesAnotherStreamsTail() {
        Duration second = Duration.ofSeconds(1);
        Generation own = generation(Literal.CONFORMING);
        held(StreamIsolation.judge(Collections.nCopies(10, own), "m", second, second), "10 sequential streams");
        List<Generation> runs = new ArrayList<>(Collections.nCopies(10, own));
        runs.set(2, generation(token("tail", 7) + end(8, "max_tokens") + Literal.CONFORMING));
        broken(StreamIsolation.judge(runs, "m", second, second), "EV-10", "request 3 broke EV-02");
        runs.set(2, generation(Literal.CONFORMING.replace("j-1", "j-0")));
        broken(StreamIsolation.judge(runs, "m", second, second), "EV-10", "request 3 broke EV-03", "j-0");
    }

    @Test
    void catchesQuestionMarksInWordsOfThePrompt() {
        String prompt = "žluťoučký kůň žluťoučký kůň";
        Verdict lost = TextIntegrity.judge(List.of(Prompted.by(prompt).gives(" ??lu??ou??k", "ý", " k??", "??")));
        broken(lost, "TX-01", "question marks", "??lu??ou??ký");
        broken(TextIntegrity.judge(List.of(Prompted.by(prompt).gives("?lu?ou?k?"))), "TX-01", "question marks");
        // a model that asks, or whose prompt does, is no encoder that fails
        held(TextIntegrity.judge(List.of(Prompted.by(prompt).gives(" žluťoučký", " kůň?", " k???"))), "all whole");
        held(TextIntegrity.judge(List.of(Prompted.by("?lu?ou?ký žluťoučký").gives(" ?lu?ou?ký"))), "all whole");
    }

    @Test
    void catchesAFailureInPlaceOfOneToken() {
        Generation failed =
                Prompted.by("a").limit(1).answered(500, "{\"code\":\"INTERNAL\",\"message\":\"It failed.\"}");
        broken(TokenLimit.judge(List.of(failed, limited(2, 2, "max_tokens")), List.of(1, 2)), "SP-01", "status 500");
        Generation busy = Prompted.by("a").limit(1).answered(503, "{\"code\":\"BUSY\",\"message\":\"Later.\"}");
        inconclusive(TokenLimit.judge(List.of(busy), List.of(1)), "no generation ran on");
    }
}
