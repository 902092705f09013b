package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.answer;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.token;
import static dev.touchstone.harness.check.Literal.tokens;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static dev.touchstone.harness.check.WaitingTest.read;
import static dev.touchstone.harness.check.WaitingTest.timed;

import dev.touchstone.harness.check.CharacterLimit.Asked;
import dev.touchstone.harness.check.CharacterLimit.FarOver;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** CX-01, CX-03 and EV-11 at the token, or the moment, where they turn. */
class PromptLimitTest {
    private static final Duration BUDGET = Duration.ofSeconds(1);
    private static final String TOO_LONG =
            "{\"code\":\"CONTEXT_LENGTH_EXCEEDED\",\"message\":\"Too long.\",\"field\":\"prompt\",\"retriable\":false%s}";

    private static Verdict refused(int tokens) {
        Exchange refusal = Literal.exchange(
                400,
                Map.of("Content-Type", "application/json"),
                "{\"max_tokens\":1000}",
                TOO_LONG.formatted(""),
                new BodyEnd.Complete(1_000_000));
        return CharacterLimit.judge(new Asked(Generation.of(refusal), 40_000, Optional.of(tokens)), 8192);
    }

    @Test
    void promptFitsWhereAFiftiethIsLeft() {
        // 8031 tokens and a fiftieth are 8191
        broken(refused(7031), "CX-03", "about 7031 tokens", "refused as INVALID_REQUEST");
        held(refused(7032), "were refused");
    }

    private static Verdict read3000(int tokensIn) {
        Generation served =
                Literal.generation(STARTED + tokens(0, 2) + end(2, "max_tokens").replace("in\":1", "in\":" + tokensIn));
        return CharacterLimit.judge(new Asked(served, 40_000, Optional.of(3000)), 8192);
    }

    @Test
    void countMayBeAFiftiethOff() {
        held(read3000(2940), "2940 tokens of prompt");
        broken(read3000(2939), "CX-03", "tokens_in was 2939");
    }

    @Test
    void longPromptThatIsStillReadProvesNothing() {
        Generation slow = Literal.ending(STARTED, new BodyEnd.TimedOut(10_000_000_000L));
        inconclusive(CharacterLimit.judge(new Asked(slow, 40_000, Optional.of(3000)), 8192), "still at it");
    }

    private static Verdict farOver(int status, long millis, int context) {
        Exchange base =
                answer(status, "{\"code\":\"INVALID_REQUEST\",\"message\":\"At most 32768.\",\"retriable\":false}");
        var one = new Exchange(
                1, "1 MB", base.request(), base.head(), base.chunks(), new BodyEnd.Complete(millis * 1_000_000));
        Generation next = Literal.generation(Literal.CONFORMING);
        return CharacterLimit.farOver(new FarOver(List.of(one), List.of(), next, false), context, BUDGET);
    }

    @Test
    void refusalOfAMegabyteMayTakeItsBudget() {
        held(farOver(400, 1000, 8192), "after 1000.0 ms");
        broken(farOver(400, 1001, 8192), "CX-03", "a refusal of 1 MB within 1000 ms", "1001.0 ms");
    }

    @Test
    void contextOf262144TokensMayHoldAMegabyte() {
        inconclusive(farOver(200, 1, 262_144), "may hold a prompt of 1 MB");
        broken(farOver(200, 1, 262_143), "CX-03", "to be refused");
        held(farOver(413, 1, 262_144), "1 MB was refused");
    }

    private static Verdict numbers(int prompt, int max, int context) {
        String numbers =
                ",\"prompt_tokens\":%d,\"max_tokens\":%d,\"context_length\":%d".formatted(prompt, max, context);
        return ContextLimit.refused(answer(400, TOO_LONG.formatted(numbers)), 9, 2, 10);
    }

    @Test
    void refusalNamesEachOfTheThreeNumbers() {
        held(numbers(9, 2, 10), "9 + 2 tokens over 10");
        broken(numbers(8, 2, 10), "CX-01", "prompt_tokens 9", "it was 8");
        broken(numbers(9, 3, 10), "CX-01", "max_tokens 2", "it was 3");
        broken(numbers(9, 2, 11), "CX-01", "context_length 10", "it was 11");
    }

    private static Generation prefilled(long head, int started, int first) {
        return read(timed(
                "j-1", 0, head, STARTED, started, token("a", 0), first, token(" b", 1) + end(2, "max_tokens"), first));
    }

    private static Verdict prefill(Generation... all) {
        return EarlyHead.prefill(List.of(all), BUDGET);
    }

    @Test
    void prefillOfATenthOfASecondTells() {
        broken(prefill(prefilled(2, 100, 100)), "EV-11", "before its prefill ends", "it came after 100.0 ms");
        held(prefill(prefilled(2, 99, 99)), "the prefill was too short to tell more");
    }

    @Test
    void startedComesInTheFirstFourFifths() {
        held(prefill(prefilled(2, 320, 400)), "started well before the first token");
        broken(prefill(prefilled(2, 321, 400)), "EV-11", "it came after 321.0 ms");
    }

    @Test
    void headMayTakeItsBudget() {
        held(prefill(prefilled(1000, 1001, 2000)), "the head came after 1000.0 ms");
        broken(prefill(prefilled(1001, 1001, 2000)), "EV-11", "the quickest of 1 came after 1001.0 ms");
    }

    @Test
    void refusedPromptShowsNoHead() {
        Generation refused = Generation.of(answer(400, "{}"));
        inconclusive(prefill(refused), "no long prompt was served");
        broken(prefill(refused, prefilled(1001, 1001, 2000)), "EV-11", "the quickest of 1 came");
        inconclusive(EarlyHead.queued(refused, prefilled(2, 3, 400), BUDGET), "were not both served");
    }

    @Test
    void silenceMayLast18Seconds() {
        held(prefill(prefilled(2, 3, 18_003)), "the head came");
        broken(prefill(prefilled(2, 3, 18_004)), "EV-11", "a comment line", "no byte came for 18001.0 ms");
        Generation running = prefilled(2, 3, 10);
        broken(EarlyHead.queued(running, prefilled(2, 3, 18_004), BUDGET), "EV-11", "a comment line");
    }
}
