package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.OpenAiLiteral.DONE;
import static dev.touchstone.harness.check.OpenAiLiteral.chat;
import static dev.touchstone.harness.check.OpenAiLiteral.chunk;
import static dev.touchstone.harness.check.OpenAiLiteral.json;
import static dev.touchstone.harness.check.OpenAiLiteral.streamed;
import static dev.touchstone.harness.check.OpenAiLiteral.usage;
import static dev.touchstone.harness.check.OpenAiLiteral.whole;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.brokenAt;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.check.HonouredOrRefused.Wish;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the checks of the OpenAI dialect make of details: a member that lacks, a moment, an answer that is none. */
final class OpenAiDetailTest {
    private static final Duration CLOSING = Duration.ofSeconds(2);
    private static final String ERROR = "data: {\"error\":{\"message\":\"m\",\"type\":\"server_error\"}}\n\n";
    private static final Generation FAILED = Generation.of(json(500, "{}"));

    private static Verdict chunks(String body) {
        return ChunkForm.judge(streamed(9, body), "text_completion", CLOSING);
    }

    @Test
    void wantsAStreamWithText() {
        broken(ChunkForm.judge(FAILED, "text_completion", CLOSING), "OA-01", "a stream", "status 500");
        inconclusive(chunks(chunk("", "length") + DONE), "no chunk carried text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"id\":\"cmpl-1\",", "\"model\":\"m\","})
    void wantsAnIdAndAModelInEveryChunk(String member) {
        String body = chunk("a", "null") + chunk("b", "length");
        String name = member.substring(1, member.indexOf(':') - 1);
        broken(chunks(body.replace(member, "") + DONE), "OA-01", name + ", a string", "it was nothing");
        broken(chunks(body.replace(member, "\"" + name + "\":\"\",") + DONE), "OA-01", name + ", a string");
    }

    @Test
    void letsAChunkWithoutTextFollowTheFinishReason() {
        held(chunks(chunk("a", "length") + chunk("", "null") + DONE), "2 chunks of one text_completion");
    }

    @Test
    void findsWhatFollowsDone() {
        String whole = chunk("a", "length") + DONE;
        brokenAt(whole.length(), chunks(whole + usage(1, 1, 2)), "OA-01", "nothing after [DONE]", "came after it");
    }

    @Test
    void waitsForTheEndOfTheBodyAsLongAsItIsTold() {
        String body = chunk("a", "length") + DONE;
        Generation inTime = streamed(9, body, new BodyEnd.Complete(2_002_000_000L));
        held(ChunkForm.judge(inTime, "text_completion", CLOSING), "1 chunks");
        Generation late = streamed(9, body, new BodyEnd.Complete(2_002_000_001L));
        broken(ChunkForm.judge(late, "text_completion", CLOSING), "OA-01", "within 2000 ms", "2000.0 ms after [DONE]");
    }

    private static Verdict order(String body) {
        return EventOrder.judge(streamed(9, body), CLOSING);
    }

    @Test
    void judgesTheOrderOfChunks() {
        held(order(chunk("a", "null") + chunk("b", "length") + DONE), "3 events, one finish_reason and [DONE]");
        held(order(chunk("a", "null") + ERROR), "2 events, an error, and the body closed");
        broken(order(chunk("a", "null") + chunk("b", "length")), "EV-02", "[DONE] at the end");
        broken(order(chunk("a", "null") + DONE), "EV-02", "one finish_reason", "none came in 1 chunks");
    }

    private static Verdict isolated(String... bodies) {
        List<Generation> all = List.of(bodies).stream().map(b -> streamed(9, b)).toList();
        return StreamIsolation.judge(all, "m", CLOSING, CLOSING);
    }

    private static String answer(String id) {
        return chunk(id, "a", "null") + chunk(id, "b", "length") + DONE;
    }

    @Test
    void wantsAnIdOfItsOwnForEachAnswer() {
        held(isolated(answer("cmpl-1"), answer("cmpl-2")), "2 sequential streams");
        broken(isolated(answer("cmpl-1"), answer("cmpl-1")), "EV-10", "another id", "two answers had cmpl-1");
        broken(
                isolated(answer("cmpl-1"), chunk("cmpl-2", "a", "null") + chunk("cmpl-3", "b", "length") + DONE),
                "EV-10",
                "one id in all chunks",
                "[cmpl-2, cmpl-3]");
    }

    @Test
    void needsTwoStreamsWithText() {
        inconclusive(isolated(answer("cmpl-1")), "0 of 1 generations gave no text");
        inconclusive(isolated(answer("cmpl-1"), chunk("cmpl-2", "", "stop") + DONE), "1 of 2 generations gave no text");
    }

    private static Verdict trio(Generation whole, Generation streamed, boolean usageAsked) {
        return UsageAndText.judge(List.of(new UsageAndText.Trio(whole, whole, streamed, usageAsked)));
    }

    private static final Generation WHOLE = whole(2, "a b", "length", 4, 2, 6);

    private static Generation counting(String usage) {
        return streamed(2, chunk("a b", "length") + usage + DONE);
    }

    @Test
    void comparesTheCountsOfBothAnswers() {
        held(trio(WHOLE, counting(usage(4, 2, 6)), true), "1 requests", "and usage that adds up");
        broken(trio(WHOLE, counting(usage(5, 2, 7)), true), "OA-02", "the same prompt_tokens in both", "had 5");
        held(trio(WHOLE, counting(usage(4, 1, 5) + usage(4, 2, 6)), true), "and usage that adds up");
        held(trio(WHOLE, counting(""), false), "the stream's usage was refused");
    }

    @Test
    void wantsCountsThatCanBe() {
        broken(trio(WHOLE, counting(usage(0, 2, 2)), true), "OA-02", "usage with prompt_tokens", "had 0, 2, 2");
        broken(trio(WHOLE, counting(usage(4, -1, 3)), true), "OA-02", "usage with prompt_tokens", "had 4, -1, 3");
        Generation nothing = whole(2, "", "stop", 4, 0, 4);
        held(trio(nothing, streamed(2, chunk("", "stop") + usage(4, 0, 4) + DONE), true), "and usage that adds up");
        Generation untold = OpenAi.whole("{\"max_tokens\":2}", "a b", "length");
        broken(trio(untold, counting(usage(4, 2, 6)), true), "OA-02", "usage in the whole answer", "there was none");
    }

    @Test
    void comparesNothingThatWasNotServed() {
        inconclusive(trio(WHOLE, FAILED, true), "a request was not served: status 500");
        inconclusive(trio(FAILED, WHOLE, true), "a request was not served");
        inconclusive(UsageAndText.judge(List.of()), "nothing was asked");
    }

    private static Verdict template(Optional<Generation> raw, Generation user) {
        return ChatTemplateUse.judge(
                List.of(new ChatTemplateUse.Answers(raw, user, chat("arr", 20), chat("fox", 30), chat("cat", 30))));
    }

    @Test
    void judgesNoTemplateOfAChatThatIsNotServed() {
        for (int status : List.of(400, 404, 499)) {
            assertThat(template(Optional.empty(), Generation.of(json(status, "{}"))))
                    .isInstanceOf(Verdict.Unsupported.class);
        }
        inconclusive(template(Optional.empty(), FAILED), "a chat gave no whole text: status 500");
        inconclusive(template(Optional.empty(), Generation.of(json(302, "{}"))), "a chat gave no whole text");
        inconclusive(ChatTemplateUse.judge(List.of()), "nothing was asked");
    }

    @Test
    void comparesTextsWhereNoTokensAreCounted() {
        Optional<Generation> raw = Optional.of(streamed(9, chunk("sky", "stop") + DONE));
        broken(template(raw, chat("sky", 9)), "OA-05", "another text in a chat", "both were \"sky\"");
        held(template(raw, chat("sea", 9)), "no marker in 4 texts");
        held(template(Optional.empty(), chat("sky", 9)), "no marker");
    }

    private static Verdict wish(String choice, Wish wish) {
        return HonouredOrRefused.judge(json(200, "{\"choices\":[" + choice + "]}"), wish);
    }

    @Test
    void takesOnlyTheThingItselfForHonoured() {
        held(wish("{\"logprobs\":{\"tokens\":[]}}", Wish.LOGPROBS), "honoured: logprobs");
        broken(wish("{\"logprobs\":{}}", Wish.LOGPROBS), "OA-07", "accepted and ignored");
        broken(wish("{\"logprobs\":[1]}", Wish.LOGPROBS), "OA-07", "accepted and ignored");
        held(wish("{\"message\":{\"content\":\"{}\"},\"finish_reason\":\"stop\"}", Wish.JSON_OBJECT), "honoured");
        broken(wish("{\"message\":{\"content\":\"[1]\"},\"finish_reason\":\"stop\"}", Wish.JSON_OBJECT), "OA-07");
        broken(wish("{\"message\":{\"content\":\"{\"},\"finish_reason\":\"stop\"}", Wish.JSON_OBJECT), "OA-07");
        broken(
                HonouredOrRefused.judge(json(400, "{\"error\":{\"message\":\" \"}}"), Wish.LOGPROBS),
                "OA-07",
                "error.message");
    }

    @Test
    void wantsAListOfModels() {
        broken(ModelList.judge(json(500, "{}"), Optional.empty()), "OA-06", "status 200", "it was 500");
        broken(ModelList.judge(json(200, "[]"), Optional.empty()), "OA-06", "a list of models");
        broken(
                ModelList.judge(
                        json(200, "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"engine\"}]}"),
                        Optional.empty()),
                "OA-06",
                "object model",
                "it was \"engine\"");
    }

    private static Verdict error(String message, String type, String code) {
        return OpenAiError.judge(
                json(
                        400,
                        "{\"error\":{\"message\":\"%s\",\"type\":\"%s\",\"param\":null,\"code\":\"%s\"}}"
                                .formatted(message, type, code)),
                Set.of(400),
                Optional.of("too_long"));
    }

    @Test
    void wantsAnErrorThatSaysSomething() {
        held(error("Too long.", "t", "too_long"), "status 400, \"Too long.\"");
        broken(error("Too long.", "t", "long"), "OA-04", "code too_long", "it was \"long\"");
        broken(error(" ", "t", "too_long"), "OA-04", "error.message");
        broken(error("Too long.", "", "too_long"), "OA-04", "error.type");
        assertThat(OpenAiError.message(json(400, "{\"error\":{\"message\":\" \"}}")))
                .isEmpty();
        assertThat(OpenAiError.message(json(400, "{\"error\":{\"message\":\"No.\"}}")))
                .contains("No.");
    }

    @Test
    void findsWhatStandsAroundAnError() {
        held(VisibleFailure.judge(List.of(streamed(99, chunk("a", "null") + ERROR))), "1 streams that failed");
        String failed = chunk("a", "null") + ERROR;
        brokenAt(
                failed.length(),
                VisibleFailure.judge(List.of(streamed(99, failed + DONE))),
                "OA-08",
                "[DONE] came after the error");
        brokenAt(
                0,
                VisibleFailure.judge(List.of(streamed(99, chunk("a", "length") + ERROR))),
                "OA-08",
                "no finish_reason where the generation failed");
    }

    private static final Generation PLAIN = streamed(9, chunk("one two", "length") + DONE);

    private static Verdict cut(List<Generation> plain, Generation stopped, String stop) {
        return StopCut.judge("SP-03", plain, stopped, stop);
    }

    @Test
    void cutsAtAStopStringThatBeginsTheText() {
        Generation stopped = Generation.of(OpenAiLiteral.exchange(
                "/v1/completions",
                200,
                "text/event-stream",
                "{\"prompt\":\"p\",\"stop\":[\"one\"],\"stream\":true}",
                chunk("", "stop") + DONE,
                new BodyEnd.Complete(2_000_000)));
        held(cut(List.of(PLAIN, PLAIN), stopped, "one"), "after 0 characters");
    }

    @Test
    void comparesACutOnlyWithASteadyText() {
        Generation other = streamed(9, chunk("one six", "length") + DONE);
        inconclusive(cut(List.of(PLAIN), PLAIN, "two"), "too few");
        inconclusive(cut(List.of(PLAIN, other), PLAIN, "two"), "disagrees with itself");
        inconclusive(cut(List.of(PLAIN, PLAIN), PLAIN, "six"), "does not stand in the text");
        broken(cut(List.of(PLAIN, PLAIN), FAILED, "two"), "SP-03", "the answer was status 500");
    }
}
