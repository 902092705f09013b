package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.CONFORMING;
import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.TWO_TOKENS;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.generation;
import static dev.touchstone.harness.check.Literal.token;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.brokenAt;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;

import dev.touchstone.harness.sse.SseFinding;
import dev.touchstone.harness.sse.SseRule;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The teeth of EV-01 and EV-03 to EV-06, each on a literal stream. */
class StreamPartsTest {
    private static Verdict head(String type, String cache) {
        return StreamHead.judge(Literal.exchange(
                200, Map.of("Content-Type", type, "Cache-Control", cache), "", CONFORMING, new BodyEnd.Complete(1)));
    }

    private static Verdict started(String from, String to) {
        return StartedEvent.judge(generation(CONFORMING.replace(from, to)), "m", Duration.ofSeconds(5));
    }

    private static Verdict numbered(String... tokens) {
        return TokenNumbering.judge(generation(STARTED + String.join("", tokens)));
    }

    private static Verdict ended(String from, String to) {
        return EndEvent.judge(generation(CONFORMING.replace(from, to)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"text/event-stream|no-store", "Text/Event-Stream; charset=UTF-8|private, no-cache"})
    void acceptsAStreamThatNoCacheKeeps(String type, String cache) {
        held(head(type, cache), "status 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain", "text/event-stream; charset=iso-8859-1"})
    void catchesAnotherContentType(String type) {
        broken(head(type, "no-store"), "EV-01", "it was " + type);
    }

    @Test
    void catchesACacheableStream() {
        broken(head("text/event-stream", "max-age=60"), "EV-01", "Cache-Control", "max-age=60");
        broken(
                StreamHead.judge(Literal.exchange(
                        200, Map.of("Content-Type", "text/event-stream"), "", "", new BodyEnd.Complete(1))),
                "EV-01",
                "Cache-Control",
                "absent");
    }

    @Test
    void acceptsAStartedThatNamesJobModelTimeAndSeed() {
        held(started("x", "x"), "j-1", "42");
        held(started("09:00:00.001Z", "09:00:00.001+00:00"), "seed 42");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"j-1\"|\"j-2\"|job_id",
                "\"m\"|\"other\"|model",
                ",\"seed\":42||it was nothing",
                "42|43|seed 42",
                "42|\"42\"|an integer",
                "42|42.0|an integer",
                "42|18446744073709551616|an integer",
                "09:00:00.001Z|10:00:00.001+01:00|UTC",
                "09:00:00.001Z|09:00:00.001|UTC",
                "09:00:00.001Z|10:00:00.001Z|within 5000 ms"
            })
    void catchesAWrongStarted(String from, String to, String word) {
        brokenAt(0, started(from, to == null ? "" : to), "EV-03", word);
    }

    @Test
    void catchesAMissingStarted() {
        broken(StartedEvent.judge(generation(TWO_TOKENS), "m", Duration.ZERO), "EV-03", "none came");
    }

    @Test
    void acceptsTokensNumberedFromZero() {
        held(numbered(token("a", 0), token("", 1), token("b", 2)), "3 tokens, i 0..2");
    }

    @Test
    void catchesEveryOtherNumbering() {
        int first = STARTED.length();
        int second = first + token("a", 0).length();
        brokenAt(first, numbered(token("a", 1), token("b", 2)), "EV-04", "i to be 0", "it was 1");
        brokenAt(second, numbered(token("a", 0), token("b", 2)), "EV-04", "i to be 1", "it was 2");
        brokenAt(second, numbered(token("a", 0), token("b", 0)), "EV-04", "i to be 1", "it was 0");
        broken(numbered(token("a", 0), token("b", 2), token("c", 1)), "EV-04", "i to be 3", "it was 1");
    }

    @Test
    void catchesTokensOfAnotherForm() {
        broken(numbered("event: token\ndata: {\"t\":5,\"i\":0}\n\n"), "EV-04", "t, a string");
        broken(numbered("event: token\ndata: {\"t\":\"a\",\"i\":\"0\"}\n\n"), "EV-04", "i, an integer");
    }

    @Test
    void looksAtNothingIsNotHeld() {
        inconclusive(numbered(), "no token event");
        inconclusive(EndEvent.judge(generation(STARTED + end(0, "eos"))), "no token to count");
    }

    @Test
    void acceptsATrueEnd() {
        held(ended("x", "x"), "tokens_out 2", "max_tokens");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"tokens_out\":2|\"tokens_out\":3|tokens_out 2",
                "\"tokens_out\":2|\"tokens_out\":1|tokens_out 2",
                "\"tokens_out\":2|\"tokens_out\":0|it was 0",
                "\"tokens_out\":2|\"tokens_out\":\"2\"|tokens_out 2",
                ":0.5|:-1|0 or more",
                ":0.5|:5.1|no longer than the 4.0 ms",
                "max_tokens\"}|length\"}|\"length\"",
                "max_tokens\"}|stop\"}|no stop sequence"
            })
    void catchesAWrongEnd(String from, String to, String word) {
        brokenAt((STARTED + TWO_TOKENS).length(), ended(from, to), "EV-05", word);
    }

    @Test
    void catchesMaxTokensAsTheReasonOfAShortText() {
        broken(EndEvent.judge(generation(STARTED + token("a", 0) + end(1, "max_tokens"))), "EV-05", "it came after 1");
        broken(EndEvent.judge(generation(STARTED + TWO_TOKENS)), "EV-05", "none came");
    }

    private static Generation limited(int tokens, int most, String reason) {
        return generation(
                "{\"job_id\":\"j-1\",\"prompt\":\"p\",\"max_tokens\":%d}".formatted(most),
                STARTED + Literal.tokens(0, tokens) + end(tokens, reason));
    }

    @Test
    void catchesATextAtItsLimitThatIsSaidToHaveEndedByItself() {
        broken(
                EndEvent.reasons(List.of(limited(2, 2, "eos"), limited(4, 4, "eos"), limited(8, 8, "eos"))),
                "EV-05",
                "max_tokens = 2",
                "eos");
        held(
                EndEvent.reasons(
                        List.of(limited(2, 2, "max_tokens"), limited(4, 4, "max_tokens"), limited(8, 8, "max_tokens"))),
                "3 texts");
        // The model's own end stood just at the limit.
        held(EndEvent.reasons(List.of(limited(2, 2, "max_tokens"), limited(4, 4, "eos"), limited(4, 8, "eos"))), "2");
        // A worker that disagrees with itself may end where it went on before.
        held(EndEvent.reasons(List.of(limited(2, 2, "eos"), limited(4, 4, "max_tokens"))), "2 texts");
        inconclusive(EndEvent.reasons(List.of(limited(1, 2, "eos"))), "no generation ran on");
    }

    @Test
    void acceptsWellFormedFrames() {
        held(SseFraming.judge(generation(CONFORMING)), "4 frames");
        held(
                SseFraming.judge(generation(
                        Literal.REQUEST, CONFORMING, List.of(new SseFinding(SseRule.UNKNOWN_FIELD, "foo", 3)))),
                "4 frames");
    }

    @Test
    void catchesAMissingBlankLine() {
        String merged = STARTED + TWO_TOKENS.replaceFirst("\n\n", "\n") + end(2, "max_tokens");
        brokenAt(STARTED.length(), SseFraming.judge(generation(merged)), "EV-06", "one JSON object");
        String open = CONFORMING.substring(0, CONFORMING.length() - 1);
        brokenAt(
                (STARTED + TWO_TOKENS).length(),
                SseFraming.judge(generation(open)),
                "EV-06",
                "a blank line after the last event");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\n\nb"})
    void catchesARawNewlineInData(String text) {
        brokenAt(STARTED.length(), SseFraming.judge(generation(STARTED + token(text, 0))), "EV-06", "one JSON object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "[1]", "{\"t\":\"a\"} x", "{\"t\":\"a\",\"t\":\"b\"}", "{'t':1}"})
    void catchesDataThatIsNotOneJsonObject(String data) {
        broken(SseFraming.judge(generation("event: token\ndata: " + data + "\n\n")), "EV-06", "one JSON object");
    }

    @ParameterizedTest
    @EnumSource(
            value = SseRule.class,
            names = {"BOM_IN_MID_STREAM", "STRAY_CARRIAGE_RETURN", "EVENT_WITHOUT_DATA"})
    void passesOnWhatTheReaderFound(SseRule rule) {
        brokenAt(
                7,
                SseFraming.judge(
                        generation(Literal.REQUEST, CONFORMING, List.of(new SseFinding(rule, "something", 7)))),
                "EV-06",
                "something");
    }

    @Test
    void catchesABodyWithoutEvents() {
        broken(SseFraming.judge(generation("")), "EV-06", "no event came");
    }
}
