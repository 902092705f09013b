package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.answer;
import static dev.touchstone.harness.check.Literal.generation;
import static dev.touchstone.harness.check.SecurityTest.flood;
import static dev.touchstone.harness.check.SecurityTest.labelled;
import static dev.touchstone.harness.check.SecurityTest.secrecy;
import static dev.touchstone.harness.check.SecurityTest.with;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SE-01 to SE-05 and ME-02 where they turn, and each place that is looked at. */
class SecurityDetailTest {
    private static final Duration LIMIT = Duration.ofSeconds(12);
    private static final Exchange TAKEN = answer(200, "{}");
    private static final Exchange NONE = ContextTest.none(new BodyEnd.Cut(1, "reset"));
    private static final String REFUSAL =
            "{\"code\":\"INVALID_REQUEST\",\"field\":\"job_id\",\"message\":\"job_id must be visible.\",\"retriable\":false}";

    @Test
    void anotherChallengeThanBearerIsNone() {
        Exchange basic = with(401, Map.of("WWW-Authenticate", "Basic realm=\"w\""));
        broken(
                TokenDemand.judge(List.of(basic), List.of(TAKEN), Optional.empty()),
                "SE-01",
                "WWW-Authenticate: Bearer");
    }

    private static Verdict refused(String id) {
        Generation generation = new Generation(
                Literal.exchange(
                        400, Map.of(), "{\"job_id\":\"" + id + "\"}", REFUSAL, new BodyEnd.Complete(1_000_000)),
                generation("").stream());
        return JobIdSafety.judge(List.of(answer(400, REFUSAL)), List.of(generation));
    }

    @Test
    void onlyVisibleAsciiMustBeTaken() {
        broken(refused("a!~b"), "SE-02", "the legal job_id \"a!~b\" back", "status 400");
        held(refused("a b"), "0 of 1 odd ids");
        held(refused("a\u007f"), "0 of 1 odd ids");
    }

    private static Exchange ending(BodyEnd end) {
        return labelled("a slow request", Literal.exchange(200, Map.of(), "", "", end));
    }

    @Test
    void slowRequestMayLastAsLongAsTheLimit() {
        held(
                BodyDefence.slow(List.of(ending(new BodyEnd.Complete(12_000_000_000L))), LIMIT),
                "1 slow requests cut off, the last after 12000.0 ms");
        broken(BodyDefence.slow(List.of(ending(new BodyEnd.Complete(12_000_000_001L))), LIMIT), "SE-03", "12000.0 ms");
    }

    private static Verdict idle(Exchange health, Duration limit) {
        return BodyDefence.idle(200, 200, health, generation(Literal.CONFORMING), limit);
    }

    @Test
    void healthBesideIdleConnectionsMayTakeItsLimit() {
        held(idle(TAKEN, Duration.ofMillis(1)), "beside 200 idle connections");
        broken(idle(TAKEN, Duration.ofNanos(999_999)), "SE-03", "health within 0 ms", "it took 1.0 ms");
        broken(idle(answer(503, "{}"), LIMIT), "SE-03", "health within 12000 ms", "it was 503");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 499})
    void anyClientErrorRefusesAFlood(int status) {
        held(flood(answer(status, "{}"), 10), "status " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {399, 500, 503})
    void nothingElseRefusesAFlood(int status) {
        broken(flood(answer(status, "{}"), 10), "SE-03", "to be refused", "it was " + status);
    }

    @Test
    void tellsHowMuchOfAFloodWasTaken() {
        held(
                BodyDefence.floods(
                        List.of(new BodyDefence.Flood("in chunks", answer(413, "{}"), 65_536, 1 << 20)), TAKEN),
                "status 413 after 64 KiB");
    }

    private static Verdict headers(String name, String value) {
        return ResponseHeaders.judge(
                List.of(with(200, Map.of("X-Content-Type-Options", "nosniff", name, value))),
                "https://x",
                Optional.empty());
    }

    @Test
    void looksAtEachHeaderByItself() {
        broken(headers("X-Powered-By", "Express/4.1"), "SE-04", "no X-Powered-By with a version", "Express/4.1");
        held(headers("X-Powered-By", "Express"), "headers of 1 answers");
        held(headers("Access-Control-Allow-Origin", "https://other"), "headers of 1 answers");
        broken(
                ResponseHeaders.judge(
                        List.of(with(200, Map.of("X-Content-Type-Options", "sniff"))), "x", Optional.empty()),
                "SE-04",
                "nosniff");
    }

    @Test
    void judgesNoHeadersOfNoAnswer() {
        inconclusive(ResponseHeaders.judge(List.of(NONE), "x", Optional.empty()), "no answer came");
        List<Exchange> some = List.of(NONE, with(200, Map.of("X-Content-Type-Options", "nosniff")));
        held(ResponseHeaders.judge(some, "x", Optional.of(answer(400, "{}"))), "refused with 400");
        held(ResponseHeaders.judge(some, "x", Optional.of(NONE)), "cannot be reached but by loopback");
        broken(ResponseHeaders.judge(some, "x", Optional.of(answer(399, "{}"))), "SE-04", "to be refused");
    }

    @Test
    void looksForTracesOnRoutesAndForSecretsInErrors() {
        broken(
                secrecy("at dev.worker.Main.run(Main.java:5)", "{}"),
                "SE-05",
                "no stack trace in the answer of GET /slots");
        broken(secrecy("{}", "{\"message\":\"secret-42\"}"), "SE-05", "from a broken body", "secret-42");
    }

    private static Verdict looked(Exchange route, Exchange error) {
        return Secrecy.judge(List.of(route), List.of(error), List.of("secret-42"));
    }

    @Test
    void takesOnlyErrorsForErrors() {
        held(looked(TAKEN, answer(400, "{}")), "1 answers", "1 error bodies");
        broken(looked(TAKEN, answer(400, "ValueError: bad")), "SE-05", "no class name");
        inconclusive(looked(TAKEN, answer(200, "ValueError: bad")), "no request was refused");
        inconclusive(looked(NONE, answer(400, "{}")), "no route answered");
    }

    // --- ME-02

    private static Verdict logged(String log, Generation... generations) {
        return LogPrivacy.judge(log, List.of("canary"), List.of(generations));
    }

    private static Generation text(String... text) {
        return Prompted.by("p").gives(text);
    }

    @Test
    void looksOnlyForTextThatTells() {
        String line = "t job_id=j tokens_out=1\n";
        String rule = "-=".repeat(12) + "  ";
        held(logged(line + rule + "\n", text(rule)), "1 jobs");
        String telling = "abcd".repeat(5) + "abce";
        broken(logged(line + telling + "\n", text(telling)), "ME-02", "no generated text in the log");
        held(logged(line + "abcd".repeat(6) + "\n", text("abcd".repeat(6))), "1 jobs");
    }

    @Test
    void wantsTheCountInALineOfTheJob() {
        Generation eight = MetricsTest.SERVED;
        broken(logged("job_id=j-1 began\njob_id=k-2 tokens_out=8\n", eight), "ME-02", "the count of tokens, 8");
        inconclusive(logged("job_id=j tokens_out=0\n", text()), "generated nothing");
    }

    @Test
    void wantsNoJobIdWhereTheDialectHasNone() {
        held(logged("started\n", OpenAi.pieces("{\"stream\":true}", "a")), "1 jobs");
    }
}
