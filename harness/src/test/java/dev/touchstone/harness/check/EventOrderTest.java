package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.CONFORMING;
import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.TWO_TOKENS;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.ending;
import static dev.touchstone.harness.check.Literal.generation;
import static dev.touchstone.harness.check.Literal.token;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.brokenAt;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventOrderTest {
    private static final Duration CLOSING = Duration.ofSeconds(1);
    private static final String ERROR =
            "event: error\ndata: {\"code\":\"INTERNAL\",\"message\":\"m\",\"retriable\":false}\n\n";

    private static Verdict judge(String body) {
        return EventOrder.judge(generation(body), CLOSING);
    }

    @Test
    void acceptsStartedTokensEnd() {
        held(judge(CONFORMING), "2 token events", "one end");
    }

    @Test
    void acceptsAnErrorAsTheTerminalEventAndUnknownEventsBefore() {
        held(judge(STARTED + "event: ping\ndata: {}\n\n" + TWO_TOKENS + ERROR), "one error");
    }

    @Test
    void catchesATokenBeforeStarted() {
        brokenAt(0, judge(token("a", 0) + STARTED + end(1, "max_tokens")), "EV-02", "token came before started");
    }

    @Test
    void saysOnceThatNothingWasStarted() {
        Verdict verdict = judge(TWO_TOKENS + end(2, "max_tokens"));
        broken(verdict, "EV-02", "no started came among 3 events");
        assertThat(((Verdict.Broken) verdict).findings()).hasSize(1);
    }

    @Test
    void judgesEachOfSeveralStreams() {
        Generation whole = generation(CONFORMING);
        Generation refused = Generation.of(Literal.answer(400, "{}"));
        held(EventOrder.judge(List.of(whole, refused, whole), CLOSING), "2 streams");
        broken(EventOrder.judge(List.of(whole, generation(STARTED + TWO_TOKENS)), CLOSING), "EV-02", "without one");
        inconclusive(EventOrder.judge(List.of(refused), CLOSING), "no stream came");
        assertThat(whole.isLeftOpen()).isFalse();
        assertThat(Literal.ending(CONFORMING, new BodyEnd.TimedOut(9_000_000)).isLeftOpen())
                .isTrue();
        assertThat(Literal.ending(STARTED, new BodyEnd.TimedOut(9_000_000)).isLeftOpen())
                .isFalse();
    }

    @Test
    void catchesTwoStarted() {
        brokenAt(STARTED.length(), judge(STARTED + CONFORMING), "EV-02", "a second started came");
    }

    @Test
    void catchesTwoTerminals() {
        brokenAt(CONFORMING.length(), judge(CONFORMING + end(2, "max_tokens")), "EV-02", "end came after end");
        broken(judge(CONFORMING + ERROR), "EV-02", "error came after end");
    }

    @Test
    void catchesATokenAfterTheEnd() {
        brokenAt(CONFORMING.length(), judge(CONFORMING + token("c", 2)), "EV-02", "token came after end");
    }

    @Test
    void catchesAStreamWithoutTerminal() {
        String body = STARTED + TWO_TOKENS;
        brokenAt(body.length(), judge(body), "EV-02", "the body ended without one");
        broken(EventOrder.judge(ending(body, new BodyEnd.Cut(9_000_000, "reset")), CLOSING), "EV-02", "cut", "reset");
        broken(
                EventOrder.judge(ending(body, new BodyEnd.TimedOut(9_000_000)), CLOSING),
                "EV-02",
                "none came within 9.0 ms");
    }

    @Test
    void catchesABodyLeftOpenAfterTheEnd() {
        broken(
                EventOrder.judge(ending(CONFORMING, new BodyEnd.TimedOut(9_000_000_000L)), CLOSING),
                "EV-02",
                "still open");
        broken(
                EventOrder.judge(ending(CONFORMING, new BodyEnd.Complete(9_000_000_000L)), CLOSING),
                "EV-02",
                "left open for 8996.0 ms");
    }

    @Test
    void catchesAnEmptyStreamAndARefusal() {
        broken(judge(""), "EV-02", "no started came");
        var refused = Literal.exchange(503, Map.of(), "", "{}", new BodyEnd.Complete(1));
        broken(EventOrder.judge(new Generation(refused, generation("").stream()), CLOSING), "EV-02", "status 503");
    }
}
