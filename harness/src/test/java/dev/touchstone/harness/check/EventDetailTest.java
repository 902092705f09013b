package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.CONFORMING;
import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.TWO_TOKENS;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.generation;
import static dev.touchstone.harness.check.Literal.token;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** EV-01 to EV-09, ER-01, ER-02 and ER-04 where they turn, and where there is nothing to judge. */
class EventDetailTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String PING = "event: ping\ndata: {}\n\n";
    private static final String ERROR =
            "event: error\ndata: {\"code\":\"INTERNAL\",\"message\":\"m\",\"retriable\":false}\n\n";

    private static Verdict order(String body, long nanos) {
        return EventOrder.judge(Literal.ending(body, new BodyEnd.Complete(nanos)), SECOND);
    }

    @Test
    void letsTheBodyCloseASecondAfterTheEnd() {
        held(order(CONFORMING, 4_000_000), "the body closed 0.0 ms later");
        held(order(CONFORMING, 1_004_000_000), "the body closed 1000.0 ms later");
        broken(order(CONFORMING, 1_004_000_001), "EV-02", "closed within 1000 ms");
    }

    @Test
    void letsUnknownEventsComeBeforeStartedAndNoEnd() {
        held(order(PING + CONFORMING, 5_000_000), "one end");
        broken(order(end(0, "eos") + STARTED, 2_000_000), "EV-02", "end came before started");
    }

    @Test
    void doesNotJudgeTheOrderOfAStreamThatTheKitLeft() {
        Generation left = Literal.ending(STARTED, new BodyEnd.Abandoned(1));
        inconclusive(EventOrder.judge(left, SECOND), "the kit itself hung up");
    }

    private static Verdict ended(String from, String to) {
        return EndEvent.judge(generation(CONFORMING.replace(from, to)));
    }

    @Test
    void decodeTimeMayBeRoundedUp() {
        held(ended(":0.5", ":0"), "decode_time_ms 0");
        held(ended(":0.5", ":5.0"), "decode_time_ms 5.0 of 4.0 ms");
        broken(ended(":0.5", ":5.01"), "EV-05", "no longer than the 4.0 ms");
    }

    @Test
    void wantsOneObjectAsTheEnd() {
        broken(ended("{\"tokens_out\"", "[{\"tokens_out\""), "EV-05", "end with one JSON object");
        inconclusive(EndEvent.judge(generation(STARTED + ERROR)), "the generation failed");
    }

    @Test
    void stopNeedsAStopSequence() {
        String body = STARTED + token("a", 0) + end(1, "stop");
        held(EndEvent.judge(generation("{\"job_id\":\"j-1\",\"stop\":[\"b\"]}", body)), "stop_reason \"stop\"");
        held(EndEvent.judge(generation("{\"job_id\":\"j-1\",\"stop\":\"b\"}", body)), "stop_reason \"stop\"");
        broken(EndEvent.judge(generation("{\"job_id\":\"j-1\",\"stop\":[]}", body)), "EV-05", "no stop sequence");
    }

    @Test
    void wantsOneObjectAndASeedAsStarted() {
        String odd = CONFORMING.replace("{\"job_id\"", "[{\"job_id\"");
        broken(StartedEvent.judge(generation(odd), "m", SECOND), "EV-03", "started with one JSON object");
        String zero = CONFORMING.replace("42", "0");
        String request = Literal.REQUEST.replace("42", "0");
        held(StartedEvent.judge(generation(request, zero), "m", SECOND), "seed 0");
    }

    @Test
    void countsMetricsOfAnEndedGeneration() {
        String metrics = "event: metrics\ndata: {}\n\n";
        held(MetricsEvent.judge(generation(STARTED + metrics + TWO_TOKENS + end(2, "max_tokens"))), "1 metrics events");
        inconclusive(MetricsEvent.judge(generation(STARTED + metrics + ERROR)), "did not end");
    }

    @Test
    void countsStreamsThatFailed() {
        held(FailureEvent.judge(List.of(generation(STARTED + ERROR))), "1 streams that failed");
        broken(
                FailureEvent.judge(List.of(generation(STARTED + ERROR.replace("\"m\"", "\" \"")))),
                "ER-04",
                "message, one sentence");
    }

    @Test
    void takesDoneForAnEventOfTheOtherDialectOnly() {
        broken(SseFraming.judge(generation("data: [DONE]\n\n")), "EV-06", "one JSON object");
        held(SseFraming.judge(OpenAi.pieces("{\"stream\":true}", "a")), "2 frames");
    }

    @Test
    void wantsAResponseBeforeItLooksAtTheHead() {
        broken(StreamHead.judge(ContextTest.none(new BodyEnd.Cut(1, "reset"))), "EV-01", "a response", "reset");
    }

    private static Exchange health(int status, String encoding) {
        Exchange base = Literal.exchange(
                status, Map.of("Content-Encoding", encoding), "", "{}", new BodyEnd.Complete(1_000_000));
        var request = new RequestRecord("GET", "http://worker/health", List.of(), new byte[0], Literal.SENT);
        return new Exchange(1, "health", request, base.head(), base.chunks(), base.end());
    }

    private static Verdict kept(Exchange one) {
        return KeepAlive.judge(List.of(one, one, one), SECOND);
    }

    @Test
    void judgesHealthOnKeptConnections() {
        held(kept(health(200, "identity")), "3 requests");
        broken(kept(health(200, "br")), "EV-09", "no compression");
        broken(kept(health(503, "identity")), "EV-09", "200 to request 1 of 3, health", "503");
    }

    @Test
    void tellsAnAnswerToTheContentByItsCode() {
        assertThat(ErrorForm.isAnswerToContent(Literal.answer(400, "{\"code\":\"X\"}")))
                .isTrue();
        assertThat(ErrorForm.isAnswerToContent(Literal.answer(400, "{\"error\":\"X\"}")))
                .isFalse();
    }

    private static final String REFUSAL =
            "{\"code\":\"INVALID_REQUEST\",\"field\":\"top_p\",\"message\":\"%s\",\"retriable\":false}";

    @Test
    void wantsAMessageWithTheVeryBounds() {
        List<BigDecimal> range = List.of(BigDecimal.ZERO, BigDecimal.ONE);
        Exchange other = Literal.answer(400, REFUSAL.formatted("top_p must be from 0 to 2, but was 3."));
        broken(ErrorWords.judge(other, "top_p", range), "ER-02", "names 1 of the accepted range");
        broken(ErrorWords.judge(Literal.answer(400, "no"), "top_p", range), "ER-02", "a JSON error body");
        broken(
                ErrorForm.judge(
                        "ER-01", Literal.answer(400, REFUSAL.formatted(" ")), 400, "INVALID_REQUEST", Optional.empty()),
                "ER-01",
                "message, one sentence");
    }

    @Test
    void keepsTheFirstEightFindingsWithTheirTimes() {
        Verdict verdict =
                TokenNumbering.judge(generation(STARTED + token("a", 7).repeat(9)));
        assertThat(((Verdict.Broken) verdict).findings()).hasSize(8);
        assertThat(((Verdict.Broken) verdict).findings().getFirst().atMillis()).isEqualTo(OptionalDouble.of(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\uD800", "\\uDFFF"})
    void showsALoneSurrogateByItsNumber(String shown) {
        char lone = (char) Integer.parseInt(shown.substring(2), 16);
        assertThat(Shown.brief("a" + lone)).isEqualTo("a" + shown);
        assertThat(Shown.brief("\uD7FF\uE000")).isEqualTo("\uD7FF\uE000");
    }

    @Test
    void showsUpTo80Characters() {
        assertThat(Shown.brief("x".repeat(80))).isEqualTo("x".repeat(80));
        assertThat(Shown.brief("x".repeat(81))).isEqualTo("x".repeat(80) + "…");
        assertThat(Shown.body(Literal.answer(200, ""))).isEqualTo("an empty body");
        assertThat(Shown.body(Literal.answer(200, "a\n"))).isEqualTo("\"a\\n\"");
    }
}
