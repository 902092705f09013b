package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.answer;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.tokens;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;

import dev.touchstone.harness.check.CharacterLimit.Asked;
import dev.touchstone.harness.check.CharacterLimit.FarOver;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The teeth of CX-03. */
class CharacterLimitTest {
    private static final Duration BUDGET = Duration.ofSeconds(1);

    private static Verdict refused(String code, String message, int characters, int tokens) {
        String body = "{\"code\":\"%s\",\"message\":\"%s\",\"field\":\"prompt\",\"retriable\":false}"
                .formatted(code, message);
        return CharacterLimit.judge(new Asked(Generation.of(answer(400, body)), characters, Optional.of(tokens)), 8192);
    }

    private static Generation served(int tokensIn) {
        return Literal.generation(STARTED + tokens(0, 2) + end(2, "max_tokens").replace("in\":1", "in\":" + tokensIn));
    }

    private static Verdict read(int tokensIn, int tokens) {
        return CharacterLimit.judge(new Asked(served(tokensIn), 40_000, Optional.of(tokens)), 8192);
    }

    @Test
    void acceptsALimitThatIsNamedAndALongPromptThatIsServed() {
        held(refused("INVALID_REQUEST", "prompt must have at most 32768 characters.", 40_000, 3000), "at most 32768");
        held(refused("INVALID_REQUEST", "At most 32,768 characters, not 40,000.", 40_000, 3000), "were refused");
        held(refused("CONTEXT_LENGTH_EXCEEDED", "Too long.", 40_000, 9000), "were refused");
        held(refused("CONTEXT_LENGTH_EXCEEDED", "Too long.", 32_768, 9000), "were refused");
        held(read(3000, 3000), "3000 tokens of prompt");
    }

    @Test
    void catchesTruncationAndLimitsThatAreTooLowOrNotNamed() {
        broken(read(2048, 3000), "CX-03", "about 3000 tokens", "tokens_in was 2048");
        broken(refused("INVALID_REQUEST", "Too long, 40000 characters.", 40_000, 3000), "CX-03", "names the limit");
        broken(refused("INVALID_REQUEST", "At most 10000 characters.", 40_000, 3000), "CX-03", "names the limit");
        broken(refused("INVALID_REQUEST", "At most 32767 characters.", 32_768, 3000), "CX-03", "to be served");
        broken(refused("CONTEXT_LENGTH_EXCEEDED", "Too long.", 40_000, 3000), "CX-03", "refused as INVALID_REQUEST");
        broken(refused("INTERNAL", "Oops.", 40_000, 3000), "CX-03", "a clean 4xx");
        broken(
                refused("CONTEXT_LENGTH_EXCEEDED", "Too long.\",\"prompt_tokens\":5850,\"a\":\"", 48_000, 9000),
                "CX-03",
                "all of a prompt of 48000 characters, about 9000 tokens, to be counted",
                "prompt_tokens was 5850");
        broken(
                CharacterLimit.judge(
                        new Asked(Generation.of(ContextTest.none(new BodyEnd.Cut(1, "reset"))), 40_000, Optional.of(1)),
                        8192),
                "CX-03",
                "no answer came");
        broken(
                CharacterLimit.judge(
                        new Asked(
                                Literal.ending(STARTED, new BodyEnd.TimedOut(60_000_000_000L)),
                                40_000,
                                Optional.of(3000)),
                        8192),
                "CX-03",
                "that is accepted to be served");
    }

    @Test
    void cannotTellWithoutCounts() {
        inconclusive(CharacterLimit.judge(new Asked(served(3000), 40_000, Optional.empty()), 8192), "does not tell");
    }

    @Test
    void readsTheOpenAiForm() {
        Exchange error = OpenAiLiteral.json(
                400,
                "{\"error\":{\"message\":\"At most 32768 characters.\",\"type\":\"t\",\"param\":null,\"code\":null}}");
        held(CharacterLimit.judge(new Asked(Generation.of(error), 40_000, Optional.of(3000)), 8192), "At most 32768");
        Exchange context = OpenAiLiteral.json(400, error.bodyText().replace("null}", "\"context_length_exceeded\"}"));
        held(CharacterLimit.judge(new Asked(Generation.of(context), 40_000, Optional.of(3000)), 8192), "At most 32768");
        Exchange unnamed = OpenAiLiteral.json(400, context.bodyText().replace("At most 32768 characters", "No"));
        broken(
                CharacterLimit.judge(new Asked(Generation.of(unnamed), 40_000, Optional.of(3000)), 8192),
                "CX-03",
                "refused as INVALID_REQUEST");
        Exchange oops = OpenAiLiteral.json(400, "oops");
        broken(
                CharacterLimit.judge(new Asked(Generation.of(oops), 40_000, Optional.of(3000)), 8192),
                "CX-03",
                "a clean 4xx");
    }

    private static Exchange refusedAfter(int status, long millis) {
        Exchange base =
                answer(status, "{\"code\":\"INVALID_REQUEST\",\"message\":\"At most 32768.\",\"retriable\":false}");
        return new Exchange(
                1, "1 MB", base.request(), base.head(), base.chunks(), new BodyEnd.Complete(millis * 1_000_000));
    }

    private static Verdict farOver(List<Exchange> tries, int health, Generation next) {
        return CharacterLimit.farOver(new FarOver(tries, List.of(answer(health, "{}")), next, true), 8192, BUDGET);
    }

    @Test
    void acceptsAQuickRefusalAndTakesTheBestOfTwo() {
        held(farOver(List.of(refusedAfter(413, 30), refusedAfter(413, 2000)), 200, served(1)), "after 30.0 ms");
        held(
                CharacterLimit.farOver(
                        new FarOver(List.of(refusedAfter(400, 30)), List.of(), served(1), false), 8192, BUDGET),
                "0 health calls");
    }

    @Test
    void catchesAWorkerThatTokenisesForAMinute() {
        broken(
                farOver(List.of(refusedAfter(400, 60_000), refusedAfter(400, 61_000)), 200, served(1)),
                "CX-03",
                "within 1000 ms",
                "60000.0 ms");
        broken(farOver(List.of(refusedAfter(400, 30)), 503, served(1)), "CX-03", "health to stay green");
    }

    @Test
    void catchesAWorkerThatRunsOutOfMemory() {
        Generation dead = Generation.of(ContextTest.none(new BodyEnd.Cut(1, BodyEnd.Cut.REFUSED)));
        broken(farOver(List.of(refusedAfter(500, 30)), 200, served(1)), "CX-03", "a clean 4xx", "it was 500");
        broken(
                farOver(List.of(ContextTest.none(new BodyEnd.Cut(1, "reset"))), 200, dead),
                "CX-03",
                "next short request",
                "connection refused");
        broken(farOver(List.of(refusedAfter(200, 30)), 200, served(1)), "CX-03", "to be refused", "it was 200");
    }

    @Test
    void cannotTellWhereTheContextIsHugeOrNothingWasSeen() {
        inconclusive(
                CharacterLimit.farOver(
                        new FarOver(List.of(refusedAfter(200, 30)), List.of(), served(1), false), 1 << 20, BUDGET),
                "may hold a prompt of 1 MB");
        inconclusive(
                CharacterLimit.farOver(
                        new FarOver(List.of(refusedAfter(400, 30)), List.of(), served(1), true), 8192, BUDGET),
                "no health call");
        inconclusive(CharacterLimit.farOver(new FarOver(List.of(), List.of(), served(1), true), 8192, BUDGET), "no");
    }
}
