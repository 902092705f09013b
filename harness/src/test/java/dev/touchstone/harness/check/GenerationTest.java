package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.generation;
import static dev.touchstone.harness.check.Literal.token;
import static dev.touchstone.harness.check.OpenAiLiteral.DONE;
import static dev.touchstone.harness.check.OpenAiLiteral.chunk;
import static dev.touchstone.harness.check.OpenAiLiteral.streamed;
import static dev.touchstone.harness.check.OpenAiLiteral.usage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.BodyEnd;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read out of an answer of either dialect. */
final class GenerationTest {

    private static Generation counting(String count) {
        return OpenAi.answered(
                200,
                "text/event-stream",
                "{\"stream\":true}",
                "data: {\"choices\":[{\"text\":\"a\",\"finish_reason\":\"length\"}],\"usage\":{\"completion_tokens\":"
                        + count + "}}\n\n");
    }

    @ParameterizedTest
    @CsvSource({"7,7", "2147483647,2147483647", "2147483648,1", "4294967301,1"})
    void takesACountThatCanBe(String told, int tokens) {
        assertThat(counting(told).tokenCount()).isEqualTo(tokens);
    }

    @Test
    void lastsToTheLastTokenWhereNothingEndsIt() {
        assertThat(generation(STARTED + token("a", 0) + "event: ping\ndata: {}\n\n")
                        .durationNanos())
                .isEqualTo(2_000_000);
        assertThat(generation(STARTED).durationNanos()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"399,false", "400,true", "499,true", "500,false"})
    void isRefusedByAClientErrorWithAnObject(int status, boolean refused) {
        assertThat(Generation.of(Literal.answer(status, "{}")).refused()).isEqualTo(refused);
        assertThat(Generation.of(Literal.answer(status, "no")).refused()).isFalse();
    }

    @Test
    void readsOnlyStartedAndEnd() {
        Generation failed = generation("event: ping\ndata: {\"seed\":1}\n\n" + STARTED
                + "event: error\ndata: {\"code\":\"INTERNAL\",\"stop_reason\":\"eos\",\"tokens_in\":3}\n\n");
        assertThat(failed.reportedSeed()).contains(BigInteger.valueOf(42));
        assertThat(failed.stopReason()).isEmpty();
        assertThat(failed.tokensIn()).isEmpty();
        assertThat(failed.end()).isEmpty();
        assertThat(failed.errorCode()).contains("INTERNAL");
    }

    @Test
    void readsAnErrorOfTheOpenAiDialect() {
        Generation failed = streamed(9, "data: {\"error\":{\"code\":\"server_error\"}}\n\n");
        assertThat(failed.errorCode()).contains("server_error");
    }

    @Test
    void readsEitherNameOfTheLimit() {
        assertThat(generation("{\"max_tokens\":3}", "").maxTokens()).contains(3);
        assertThat(generation("{\"max_completion_tokens\":4}", "").maxTokens()).contains(4);
    }

    @Test
    void readsStopSequencesAsAListOrAlone() {
        assertThat(generation("{\"stop\":[\"a\",1,\"b\"]}", "").stops()).containsExactly("a", "b");
        assertThat(generation("{\"stop\":\"a\"}", "").stops()).containsExactly("a");
        assertThat(generation("{\"stop\":1}", "").stops()).isEmpty();
    }

    @Test
    void takesNoEmptyPieceForAToken() {
        Generation two = streamed(9, chunk("", "null") + chunk("a", "null") + chunk("b", "length") + DONE);
        assertThat(two.tokens()).hasSize(2);
        assertThat(two.terminal()).hasValueSatisfying(e -> assertThat(e.data()).contains("length"));
        assertThat(streamed(9, chunk("a", "null").replace("null}", "\"\"}")).ended())
                .isFalse();
    }

    @Test
    void keepsTheCountsOfAnEarlierChunk() {
        Generation early = streamed(9, usage(3, 1, 4) + chunk("a", "length") + DONE);
        assertThat(early.tokensIn()).contains(BigInteger.valueOf(3));
        assertThat(early.tokensOut()).contains(BigInteger.ONE);
    }

    @Test
    void readsAWholeAnswerOfEitherRoute() {
        Generation text = OpenAiLiteral.whole(2, "a b", "length", 4, 2, 6);
        assertThat(text.text()).isEqualTo("a b");
        assertThat(text.tokensIn()).contains(BigInteger.valueOf(4));
        assertThat(text.tokenCount()).isEqualTo(2);
        Generation chat =
                OpenAi.answered(200, "application/json", "{}", "{\"choices\":[{\"message\":{\"content\":\"hi\"}}]}");
        assertThat(chat.text()).isEqualTo("hi");
    }

    // --- moments

    private static Generation timed(int sentMillis, int tokens, int firstMillis, int endMillis) {
        return Timed.generation(Duration.ofMillis(sentMillis), tokens, n -> n < tokens ? firstMillis + n : endMillis);
    }

    @Test
    void severalRunAtOnceWhereOneBeginsInTheFirstHalfOfALongOne() {
        Generation late = timed(0, 3, 30, 900);
        assertThat(Moments.severalAtOnce(List.of(timed(0, 3, 10, 111), late))).isTrue();
        assertThat(Moments.severalAtOnce(List.of(timed(0, 3, 10, 110), late))).isFalse();
        assertThat(Moments.severalAtOnce(List.of(timed(0, 1, 10, 500), late))).isFalse();
    }

    @Test
    void workerThatWasSilentFor20SecondsHangs() {
        // the chunk came after 0.6 ms
        Generation hung = Literal.ending(STARTED, new BodyEnd.TimedOut(20_000_600_000L));
        assertThat(Patience.ranOut(hung)).isEmpty();
        Generation slow = Literal.ending(STARTED, new BodyEnd.TimedOut(20_000_599_999L));
        assertThat(Patience.ranOut(slow)).isPresent();
    }
}
