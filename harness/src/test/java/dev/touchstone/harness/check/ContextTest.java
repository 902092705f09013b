package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.answer;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.ending;
import static dev.touchstone.harness.check.Literal.generation;
import static dev.touchstone.harness.check.Literal.tokens;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;

import dev.touchstone.harness.check.AfterLongRequests.After;
import dev.touchstone.harness.check.ContextLimit.Sized;
import dev.touchstone.harness.check.OmittedLimit.Open;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The teeth of CX-01, CX-02, CX-04 and CX-05. */
class ContextTest {
    private static final String TOO_LONG =
            "{\"code\":\"CONTEXT_LENGTH_EXCEEDED\",\"field\":\"prompt\",\"message\":\"Too long.\","
                    + "\"retriable\":false,\"prompt_tokens\":9,\"max_tokens\":2,\"context_length\":10}";
    private static final String OPENAI_TOO_LONG =
            "{\"error\":{\"message\":\"Too long.\",\"type\":\"invalid_request_error\","
                    + "\"param\":null,\"code\":\"context_length_exceeded\"}}";

    private static Generation came(int tokens, int tokensIn, String reason) {
        return generation(
                "{\"job_id\":\"j-1\",\"max_tokens\":2}",
                STARTED + tokens(0, tokens) + end(tokens, reason).replace("in\":1", "in\":" + tokensIn));
    }

    private static Verdict served(int tokens, int tokensIn, String reason) {
        return ContextLimit.served(new Sized(came(tokens, tokensIn, reason), 8, true), 10);
    }

    private static Generation failed(Exchange exchange) {
        return Generation.of(exchange);
    }

    static Exchange none(BodyEnd end) {
        Exchange base = answer(500, "");
        return new Exchange(1, "none", base.request(), Optional.empty(), List.of(), end);
    }

    @Test
    void acceptsAFilledContextAndOneThatTheModelEndsEarly() {
        held(served(2, 8, "max_tokens"), "a context of 10");
        held(served(1, 8, "eos"), "1 tokens came");
        held(served(0, 8, "eos"), "0 tokens came");
    }

    @Test
    void catchesATruncatedPromptAndAnEmptyOrShortOrShiftedStream() {
        broken(served(2, 7, "max_tokens"), "CX-01", "tokens_in 8, the whole prompt", "it was 7");
        broken(served(0, 8, "max_tokens"), "CX-01", "an empty stream");
        broken(served(1, 8, "max_tokens"), "CX-01", "1 came");
        broken(served(3, 8, "max_tokens"), "CX-01", "max_tokens = 2", "3 came");
    }

    @Test
    void catchesARefusalOfWhatFitsAnd500AndACrashAndAHang() {
        for (Exchange exchange : List.of(
                answer(400, TOO_LONG),
                answer(500, "{}"),
                none(new BodyEnd.Cut(1, "connection reset")),
                none(new BodyEnd.TimedOut(120_000_000_000L)))) {
            broken(ContextLimit.served(new Sized(failed(exchange), 8, true), 10), "CX-01", "to be served");
        }
        broken(
                ContextLimit.served(
                        new Sized(ending(STARTED + tokens(0, 1), new BodyEnd.TimedOut(30_000_000_000L)), 8, true), 10),
                "CX-01",
                "no terminal event");
    }

    @Test
    void blamesNobodyWhoIsSlowButAlive() {
        Sized slow = new Sized(ending(STARTED, new BodyEnd.TimedOut(1_000_000_000L)), 8, true);
        inconclusive(ContextLimit.served(slow, 10), "still at it", "--budget request=");
        inconclusive(ContextLimit.counted(List.of(slow)), "still at it");
        inconclusive(OmittedLimit.judge(List.of(new Open(slow.generation(), 8))), "given up as slow");
    }

    @Test
    void doesNotTakeItsOwnEstimateForTheWorkersCount() {
        inconclusive(
                ContextLimit.served(new Sized(came(2, 1002, "max_tokens"), 1000, false), 1002), "should have 1000");
        broken(
                ContextLimit.served(new Sized(came(2, 514, "max_tokens"), 1000, false), 1002),
                "CX-01",
                "tokens_in 1000",
                "it was 514");
    }

    @Test
    void readsUsageInTheOpenAiDialect() {
        String chunks = OpenAiLiteral.chunk("a b", "null") + OpenAiLiteral.chunk("", "length");
        Generation told = OpenAiLiteral.streamed(2, chunks + OpenAiLiteral.usage(8, 2, 10) + OpenAiLiteral.DONE);
        Generation untold = OpenAiLiteral.streamed(2, chunks + OpenAiLiteral.DONE);
        held(ContextLimit.served(new Sized(told, 8, true), 10), "a context of 10");
        broken(ContextLimit.served(new Sized(told, 9, true), 11), "CX-01", "tokens_in 9", "it was 8");
        inconclusive(ContextLimit.served(new Sized(untold, 8, true), 10), "does not tell how many");
    }

    @Test
    void judgesTheRefusalOfOneTokenMore() {
        held(ContextLimit.refused(answer(400, TOO_LONG), 9, 2, 10), "9 + 2 tokens over 10");
        broken(ContextLimit.refused(answer(200, Literal.CONFORMING), 9, 2, 10), "CX-01", "it was 200");
        broken(ContextLimit.refused(answer(500, TOO_LONG), 9, 2, 10), "CX-01", "it was 500");
        broken(
                ContextLimit.refused(answer(400, TOO_LONG.replace("CONTEXT_LENGTH_EXCEEDED", "BAD")), 9, 2, 10),
                "CX-01",
                "CONTEXT_LENGTH_EXCEEDED");
        broken(ContextLimit.refused(answer(400, TOO_LONG.replace(":9", ":8")), 9, 2, 10), "CX-01", "prompt_tokens 9");
        broken(ContextLimit.refused(none(new BodyEnd.Cut(1, "reset")), 9, 2, 10), "CX-01", "no answer came: reset");
        broken(
                ContextLimit.refused(none(new BodyEnd.TimedOut(1)), 9, 2, 10),
                "CX-01",
                "no answer came: the kit gave up");
    }

    @Test
    void judgesAPromptFarOverTheContext() {
        Generation next = came(2, 9, "max_tokens");
        held(ContextLimit.farOver(answer(400, TOO_LONG), 20_000, next), "twice the context was refused");
        String characters = TOO_LONG.replace("CONTEXT_LENGTH_EXCEEDED", "INVALID_REQUEST");
        held(ContextLimit.farOver(answer(400, characters), 40_000, next), "was refused");
        held(ContextLimit.farOver(OpenAiLiteral.json(400, OPENAI_TOO_LONG), 20_000, next), "was refused");
        String wish = "a prompt of about twice the context to be refused";
        broken(ContextLimit.farOver(answer(400, characters), 20_000, next), "CX-01", wish, "it was 400");
        broken(ContextLimit.farOver(answer(200, Literal.CONFORMING), 20_000, next), "CX-01", wish, "it was 200");
        broken(ContextLimit.farOver(none(new BodyEnd.Cut(1, "reset")), 20_000, next), "CX-01", wish, "no answer came");
        broken(
                ContextLimit.farOver(answer(400, TOO_LONG), 20_000, failed(none(new BodyEnd.Cut(1, "refused")))),
                "CX-01",
                "the next short request to be served");
    }

    @Test
    void judgesTheRefusalInTheOpenAiFormToo() {
        held(ContextLimit.refused(OpenAiLiteral.json(400, OPENAI_TOO_LONG), 9, 2, 10), "refused with 400");
        broken(ContextLimit.refused(OpenAiLiteral.json(200, "{}"), 9, 2, 10), "CX-01", "status 400", "it was 200");
        broken(ContextLimit.refused(OpenAiLiteral.json(400, "oops"), 9, 2, 10), "CX-01", "a body {\"error\"");
    }

    @Test
    void countsPromptsOfAnyLength() {
        held(
                ContextLimit.counted(List.of(
                        new Sized(came(2, 45, "max_tokens"), 45, true), new Sized(came(2, 95, "eos"), 95, false))),
                "[45, 95]");
        broken(
                ContextLimit.counted(List.of(new Sized(came(2, 50, "max_tokens"), 55, false))),
                "CX-01",
                "tokens_in 55",
                "it was 50");
        broken(ContextLimit.counted(List.of(new Sized(failed(answer(500, "{}")), 55, true))), "CX-01", "status 500");
        inconclusive(ContextLimit.counted(List.of(new Sized(came(2, 56, "eos"), 55, false))), "should have 55");
        inconclusive(ContextLimit.counted(List.of()), "no prompt");
    }

    @Test
    void judgesALimitThatWasNotNamed() {
        held(OmittedLimit.judge(List.of(new Open(came(8, 1, "max_tokens"), 8))), "[8] tokens came");
        held(
                OmittedLimit.judge(List.of(new Open(came(3, 1, "eos"), 8), new Open(came(8, 1, "max_tokens"), 8))),
                "[8] tokens");
        inconclusive(OmittedLimit.judge(List.of(new Open(came(3, 1, "eos"), 8))), "every text ended");
        inconclusive(
                OmittedLimit.judge(List.of(new Open(came(8, 1, "max_tokens"), 8), new Open(came(3, 1, "eos"), 40))),
                "[40]");
        inconclusive(OmittedLimit.judge(List.of()), "every text ended");
    }

    @Test
    void catchesA400WithoutMaxTokensAndRunningPastTheContext() {
        broken(
                OmittedLimit.judge(List.of(new Open(failed(answer(400, TOO_LONG)), 8))),
                "CX-02",
                "8 tokens without max_tokens",
                "status 400");
        broken(OmittedLimit.judge(List.of(new Open(came(9, 1, "eos"), 8))), "CX-02", "9 came, past the limit");
        broken(OmittedLimit.judge(List.of(new Open(came(5, 1, "max_tokens"), 8))), "CX-02", "5 came");
        broken(OmittedLimit.judge(List.of(new Open(came(8, 1, "stop"), 8))), "CX-02", "stop_reason max_tokens");
    }

    private static Generation text(String t) {
        return generation(STARTED + Literal.token(t, 0) + end(1, "max_tokens"));
    }

    private static List<Generation> texts(String... all) {
        return List.of(all).stream().map(ContextTest::text).toList();
    }

    @Test
    void catchesAWorkerThatKeepsOnlyTheTail() {
        broken(
                WholePrompt.judge(
                        texts("a", "a", "a", "a", "a", "a"), texts("b", "b", "b", "b", "b", "b"), other("c"), 5, 1),
                "CX-04",
                "all of 5 had one greedy and one drawn continuation");
        broken(
                WholePrompt.judge(texts("a", "a", "b"), List.of(), Optional.empty(), 5, 100),
                "CX-04",
                "all 100 tokens",
                "tokens_in was 1");
    }

    @Test
    void acceptsOneDifferenceAndBlamesNobodyForNoise() {
        held(WholePrompt.judge(texts("a", "a", "a", "b"), List.of(), Optional.empty(), 5, 1), "from character 0");
        held(
                WholePrompt.judge(texts("a", "a", "a", "a", "a", "a"), texts("b", "b", "c"), Optional.empty(), 5, 1),
                "\"c\" instead of \"b\"");
        inconclusive(
                WholePrompt.judge(texts("a", "b", "a"), List.of(), Optional.empty(), 5, 1), "disagrees with itself");
        inconclusive(
                WholePrompt.judge(texts("a", "a", "a", "a", "a", "a"), texts("b", "c", "b"), Optional.empty(), 5, 1),
                "disagrees");
        inconclusive(
                WholePrompt.judge(texts("a", "a", "a"), texts("b", "b", "b"), Optional.empty(), 5, 1),
                "too few first sentences");
        inconclusive(WholePrompt.judge(texts("a"), List.of(), Optional.empty(), 5, 1), "too few");
        inconclusive(
                WholePrompt.judge(List.of(failed(answer(400, TOO_LONG))), List.of(), Optional.empty(), 5, 1),
                "gave no whole text");
    }

    private static Optional<Generation> other(String text) {
        return Optional.of(texts(text).getFirst());
    }

    @Test
    void blamesNobodyForAModelThatIsSureOfWhatFollows() {
        inconclusive(
                WholePrompt.judge(
                        texts("a", "a", "a", "a", "a", "a"), texts("a", "a", "a", "a", "a", "a"), other("a"), 5, 1),
                "whatever is drawn");
    }

    @Test
    void catchesALeakedSlot() {
        List<Generation> plain = texts("a", "a");
        held(AfterLongRequests.judge(plain, List.of(new After("after 8 refusals", text("a")))), "after 8 refusals");
        broken(
                AfterLongRequests.judge(
                        plain,
                        List.of(new After("after 8 refusals", failed(none(new BodyEnd.TimedOut(30_000_000_000L)))))),
                "CX-05",
                "served after 8 refusals",
                "the kit gave up");
        broken(
                AfterLongRequests.judge(plain, List.of(new After("after that", failed(answer(503, "{}"))))),
                "CX-05",
                "status 503");
        broken(
                AfterLongRequests.judge(plain, List.of(new After("after that", text("x")))),
                "CX-05",
                "the text after that differs");
        broken(
                AfterLongRequests.judge(texts("a", "b"), List.of(new After("then", failed(answer(500, "{}"))))),
                "CX-05",
                "status 500");
        inconclusive(AfterLongRequests.judge(texts("a", "b"), List.of(new After("then", text("x")))), "disagrees");
        inconclusive(AfterLongRequests.judge(plain, List.of()), "no long request");
        inconclusive(AfterLongRequests.judge(texts("a"), List.of()), "too few");
    }
}
