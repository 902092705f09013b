package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.OpenAiLiteral.DONE;
import static dev.touchstone.harness.check.OpenAiLiteral.chat;
import static dev.touchstone.harness.check.OpenAiLiteral.chunk;
import static dev.touchstone.harness.check.OpenAiLiteral.delta;
import static dev.touchstone.harness.check.OpenAiLiteral.json;
import static dev.touchstone.harness.check.OpenAiLiteral.streamed;
import static dev.touchstone.harness.check.OpenAiLiteral.usage;
import static dev.touchstone.harness.check.OpenAiLiteral.whole;
import static dev.touchstone.harness.check.Verdicts.broken;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.check.HonouredOrRefused.Wish;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OpenAiCheckTest {
    private static final Duration CLOSING = Duration.ofSeconds(2);
    private static final String OBJECT = "text_completion";
    private static final String ERROR =
            "{\"error\":{\"message\":\"temperature must be at most 2.\",\"type\":\"invalid_request_error\",\"param\":\"temperature\",\"code\":null}}";

    private static void held(Verdict verdict, String rule) {
        Verdicts.held(verdict, "");
        assertThat(verdict.rule()).isEqualTo(rule);
    }

    private static Verdict chunks(String body) {
        return ChunkForm.judge(streamed(9, body), OBJECT, CLOSING);
    }

    @Test
    void holdsOA01ForChunksUpToDone() {
        held(chunks(chunk("a", "null") + chunk(" b", "length") + DONE), "OA-01");
        held(chunks(chunk("a b c", "null") + chunk("", "stop") + usage(1, 3, 4) + DONE), "OA-01");
        Generation chat = chat("hello", 5);
        held(ChunkForm.judge(chat, "chat.completion.chunk", CLOSING), "OA-01");
        assertThat(chat.text()).isEqualTo("hello");
        assertThat(chat.tokenCount()).isEqualTo(3);
        assertThat(chat.endedByModel()).isTrue();
    }

    @Test
    void breaksOA01WithoutDone() {
        broken(chunks(chunk("a", "null") + chunk("b", "length")), "OA-01", "[DONE]");
    }

    @Test
    void breaksOA01ForFinishReasonTwice() {
        broken(chunks(chunk("a", "length") + chunk("", "length") + DONE), "OA-01", "one finish_reason");
    }

    @Test
    void breaksOA01ForDifferingIds() {
        broken(
                chunks(chunk("cmpl-1", "a", "null") + chunk("cmpl-2", "b", "length") + DONE),
                "OA-01",
                "the same id in every chunk");
    }

    @Test
    void breaksOA01ForWhatFollowsTheEnd() {
        broken(chunks(chunk("a", "length") + DONE + chunk("b", "null")), "OA-01", "nothing after [DONE]");
        broken(chunks(chunk("a", "length") + chunk("b", "null") + DONE), "OA-01", "no text after the finish_reason");
        broken(chunks(chunk("a", "null") + DONE), "OA-01", "one finish_reason");
        broken(chunks("event: token\n" + chunk("a", "length") + DONE), "OA-01", "data-only");
        broken(chunks("data: oops\n\n" + chunk("a", "length") + DONE), "OA-01", "JSON object");
        broken(chunks(chunk("a", "").replace("\"\"", "\"\"") + chunk("b", "length") + DONE), "OA-01", "finish_reason");
    }

    @Test
    void breaksOA01ForABodyLeftOpen() {
        Generation open = streamed(9, chunk("a", "length") + DONE, new BodyEnd.TimedOut(5_000_000_000L));
        broken(ChunkForm.judge(open, OBJECT, CLOSING), "OA-01", "body closed");
    }

    @Test
    void holdsOA02ForEqualTextAndCounts() {
        held(UsageAndText.judge(List.of(trio("a b", "a b", 2))), "OA-02");
    }

    @Test
    void breaksOA02ForDifferentText() {
        broken(UsageAndText.judge(List.of(trio("a b", "a", 2))), "OA-02", "from character 1");
    }

    @Test
    void breaksOA02ForCountsThatAreOffByOne() {
        Generation whole = whole(2, "a b", "length", 4, 2, 6);
        broken(
                UsageAndText.judge(List.of(new UsageAndText.Trio(
                        whole, whole, streamed(2, chunk("a b", "length") + usage(4, 3, 7) + DONE), true))),
                "OA-02",
                "completion_tokens 2");
        broken(
                UsageAndText.judge(List.of(new UsageAndText.Trio(
                        whole, whole, streamed(2, chunk("a b", "length") + usage(4, 2, 7) + DONE), true))),
                "OA-02",
                "the sum");
        Generation off = whole(2, "a b", "length", 4, 2, 5);
        broken(
                UsageAndText.judge(List.of(new UsageAndText.Trio(
                        off, off, streamed(2, chunk("a b", "length") + usage(4, 2, 6) + DONE), true))),
                "OA-02",
                "the sum");
        broken(
                UsageAndText.judge(List.of(
                        new UsageAndText.Trio(whole, whole, streamed(2, chunk("a b", "length") + DONE), true))),
                "OA-02",
                "usage in the stream");
        broken(
                UsageAndText.judge(List.of(new UsageAndText.Trio(
                        whole, whole, streamed(2, usage(4, 2, 6) + chunk("a b", "length") + DONE), true))),
                "OA-02",
                "the usage as the last chunk");
    }

    @Test
    void cannotTellOA02OfAWorkerThatDisagreesWithItself() {
        var trio = new UsageAndText.Trio(
                whole(2, "a b", "length", 4, 2, 6),
                whole(2, "a c", "length", 4, 2, 6),
                streamed(2, chunk("a c", "length") + usage(4, 2, 6) + DONE),
                true);
        assertThat(UsageAndText.judge(List.of(trio))).isInstanceOf(Verdict.Inconclusive.class);
    }

    private static UsageAndText.Trio trio(String whole, String streamed, int tokens) {
        Generation one = whole(tokens, whole, "length", 4, tokens, 4 + tokens);
        return new UsageAndText.Trio(
                one, one, streamed(tokens, chunk(streamed, "length") + usage(4, tokens, 4 + tokens) + DONE), true);
    }

    @Test
    void breaksOA03WhereATemplateIsAppliedToARawPrompt() {
        List<Generation> execute =
                List.of(Literal.generation(Literal.CONFORMING), Literal.generation(Literal.CONFORMING));
        held(
                SameText.across(
                        "OA-03", execute, List.of(streamed(2, chunk("a b", "length") + usage(1, 2, 3) + DONE)), "x"),
                "OA-03");
        broken(
                SameText.across(
                        "OA-03", execute, List.of(streamed(2, chunk("Sure!", "length") + usage(9, 2, 11) + DONE)), "x"),
                "OA-03",
                "differs from character 0");
    }

    @Test
    void judgesOA04ByFormAndStatus() {
        held(OpenAiError.judge(json(400, ERROR), Set.of(400), Optional.empty()), "OA-04");
        broken(OpenAiError.judge(json(500, ERROR), Set.of(400), Optional.empty()), "OA-04", "status 400");
        broken(
                OpenAiError.judge(
                        json(400, "{\"code\":\"INVALID_REQUEST\",\"message\":\"m\",\"retriable\":false}"),
                        Set.of(400),
                        Optional.empty()),
                "OA-04",
                "{\"error\": {…}}");
        broken(
                OpenAiError.judge(json(400, ERROR), Set.of(400), Optional.of("context_length_exceeded")),
                "OA-04",
                "code context_length_exceeded");
    }

    @Test
    void letsAWorkerTakeOrDeclineARareMember() {
        held(OpenAiError.servedOrRefused(json(200, "{}")), "OA-04");
        held(OpenAiError.servedOrRefused(json(400, ERROR)), "OA-04");
        broken(OpenAiError.servedOrRefused(json(500, ERROR)), "OA-04", "status 400", "500");
        broken(OpenAiError.servedOrRefused(json(400, "{}")), "OA-04", "{\"error\": {…}}");
    }

    @Test
    void judgesOA05ByWhatATemplateAndRolesChange() {
        var fair = new ChatTemplateUse.Answers(
                Optional.of(streamed(9, chunk("x", "length") + usage(4, 9, 13) + DONE)),
                chat("sky", 9),
                chat("arr", 20),
                chat("fox", 30),
                chat("cat", 30));
        held(ChatTemplateUse.judge(List.of(fair)), "OA-05");
        var ignored = new ChatTemplateUse.Answers(
                fair.raw(), chat("sky", 4), chat("arr", 20), fair.turns(), fair.sameWords());
        broken(ChatTemplateUse.judge(List.of(ignored)), "OA-05", "no template was applied");
        var noRoles =
                new ChatTemplateUse.Answers(fair.raw(), fair.user(), fair.system(), chat("cat", 30), chat("cat", 30));
        broken(ChatTemplateUse.judge(List.of(noRoles)), "OA-05", "assistant's role");
        held(ChatTemplateUse.judge(List.of(noRoles, fair)), "OA-05");
        var noSystem =
                new ChatTemplateUse.Answers(fair.raw(), fair.user(), chat("sky", 9), fair.turns(), fair.sameWords());
        broken(ChatTemplateUse.judge(List.of(noSystem)), "OA-05", "system message");
        var leak = new ChatTemplateUse.Answers(
                fair.raw(), chat("sky<|im_end|>", 9), fair.system(), fair.turns(), fair.sameWords());
        broken(ChatTemplateUse.judge(List.of(leak)), "OA-05", "<|im_end|>");
    }

    @Test
    void judgesOA06ByTheListedModels() {
        String list = "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"}]}";
        held(ModelList.judge(json(200, list), Optional.of("m")), "OA-06");
        broken(ModelList.judge(json(200, "{\"object\":\"list\",\"data\":[]}"), Optional.of("m")), "OA-06", "one model");
        broken(ModelList.judge(json(200, list), Optional.of("other")), "OA-06", "that health names, other");
    }

    @Test
    void breaksOA07WhereAWishIsIgnored() {
        Exchange one = whole(2, "a b", "length", 4, 2, 6).exchange();
        broken(HonouredOrRefused.judge(one, Wish.TWO_CHOICES), "OA-07", "accepted and ignored");
        broken(HonouredOrRefused.judge(one, Wish.LOGPROBS), "OA-07", "accepted and ignored");
        broken(HonouredOrRefused.judge(one, Wish.JSON_OBJECT), "OA-07", "accepted and ignored");
        broken(HonouredOrRefused.judge(one, Wish.TOOL_CALL), "OA-07", "accepted and ignored");
        broken(HonouredOrRefused.judge(one, Wish.UNKNOWN_MODEL), "OA-07", "no such model");
        Exchange many = whole(2, "a b c d e f g h", "length", 4, 8, 12).exchange();
        broken(HonouredOrRefused.judge(many, Wish.FEW_TOKENS), "OA-07", "at most 7 tokens");
        held(HonouredOrRefused.judge(one, Wish.FEW_TOKENS), "OA-07");
        broken(HonouredOrRefused.judge(json(500, ERROR), Wish.TWO_CHOICES), "OA-07", "it was 500");
    }

    @Test
    void holdsOA07WhereAWishIsRefusedOrHonoured() {
        held(HonouredOrRefused.judge(json(400, ERROR), Wish.TWO_CHOICES), "OA-07");
        held(
                HonouredOrRefused.judge(json(400, "{\"error\":{\"message\":\"n must be 1.\"}}"), Wish.TWO_CHOICES),
                "OA-07");
        broken(HonouredOrRefused.judge(json(400, "Bad Request"), Wish.TWO_CHOICES), "OA-07", "error.message");
        held(
                HonouredOrRefused.judge(
                        json(200, "{\"choices\":[{\"text\":\"a\"},{\"text\":\"b\"}]}"), Wish.TWO_CHOICES),
                "OA-07");
        held(
                HonouredOrRefused.judge(
                        json(
                                200,
                                "{\"choices\":[{\"message\":{\"content\":\"{\\\"a\\\": 1\"},\"finish_reason\":\"length\"}]}"),
                        Wish.JSON_OBJECT),
                "OA-07");
    }

    @Test
    void judgesOA08ByHowAnInterruptedStreamEnds() {
        String error = "data: " + ERROR + "\n\n";
        held(VisibleFailure.judge(List.of(streamed(99, chunk("a", "null") + error))), "OA-08");
        broken(VisibleFailure.judge(List.of(streamed(99, chunk("a", "null")))), "OA-08", "the stream just stopped");
        broken(
                VisibleFailure.judge(
                        List.of(streamed(99, chunk("a", "null") + chunk("", "length") + usage(1, 5, 6) + DONE))),
                "OA-08",
                "it looked complete");
        broken(
                VisibleFailure.judge(List.of(streamed(99, chunk("a", "null") + error + DONE))),
                "OA-08",
                "after the error");
        Generation full = streamed(2, chunk("a b", "length") + usage(1, 2, 3) + DONE);
        Generation byModel = streamed(9, chunk("c d", "stop") + usage(1, 2, 3) + DONE);
        assertThat(VisibleFailure.judge(List.of(full, byModel)))
                .isInstanceOfSatisfying(
                        Verdict.Unsupported.class,
                        verdict -> assertThat(verdict.summary()).contains("let all 2 streams", "come to their end"));
        assertThat(VisibleFailure.judge(List.of(byModel))).isInstanceOf(Verdict.Inconclusive.class);
        assertThat(VisibleFailure.judge(List.of())).isInstanceOf(Verdict.Inconclusive.class);
        assertThat(delta("", "stop")).contains("chat.completion.chunk");
    }

    @Test
    void breaksOA08WhereStreamsSayThatTheModelEndedThemWhileTheSameRequestWentOn() {
        String error = "data: " + ERROR + "\n\n";
        Generation running = streamed(99, chunk("a", "null") + chunk(" b", "null") + error);
        Generation stopped = streamed(99, chunk("", "stop") + usage(1, 0, 1) + DONE);
        broken(VisibleFailure.judge(List.of(running, stopped, stopped)), "OA-08", "it looked complete: finish_reason");
        Generation cut = streamed(99, chunk("a", "null") + chunk("", "stop") + usage(1, 1, 2) + DONE);
        broken(VisibleFailure.judge(List.of(running, cut, stopped)), "OA-08", "it looked complete: finish_reason");
        held(VisibleFailure.judge(List.of(running, stopped)), "OA-08");
        Generation whole = streamed(99, chunk("a b c", "null") + chunk("", "stop") + usage(1, 3, 4) + DONE);
        held(VisibleFailure.judge(List.of(running, whole, whole)), "OA-08");
    }

    @Test
    void breaksOA07WhereTheUsageCountsOneOfTwoChoices() {
        broken(HonouredOrRefused.judge(twoChoices(4), Wish.TWO_CHOICES), "OA-07", "the tokens of both choices, 8");
        held(HonouredOrRefused.judge(twoChoices(8), Wish.TWO_CHOICES), "OA-07");
    }

    private static Exchange twoChoices(int counted) {
        return OpenAi.answered(
                        200,
                        "application/json",
                        "{\"n\":2,\"max_tokens\":4}",
                        ("{\"choices\":[{\"text\":\"a\",\"finish_reason\":\"length\"},"
                                        + "{\"text\":\"b\",\"finish_reason\":\"length\"}],"
                                        + "\"usage\":{\"completion_tokens\":%d}}")
                                .formatted(counted))
                .exchange();
    }

    @Test
    void judgesAStopStringByTheTextBeforeIt() {
        Generation plain = streamed(9, chunk("one two three", "length") + DONE);
        Generation cut = Generation.of(OpenAiLiteral.exchange(
                "/v1/completions",
                200,
                "text/event-stream",
                "{\"model\":\"m\",\"prompt\":\"p\",\"stop\":[\"two\"],\"stream\":true}",
                chunk("one ", "stop") + DONE,
                new BodyEnd.Complete(2_000_000)));
        held(StopCut.judge("OA-05", List.of(plain, plain), cut, "two"), "OA-05");
        broken(StopCut.judge("OA-05", List.of(plain, plain), plain, "two"), "OA-05", "up to the stop string");
    }
}
