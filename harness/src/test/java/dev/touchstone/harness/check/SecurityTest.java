package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.answer;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.generation;
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

/** The teeth of SE-01 to SE-06. */
class SecurityTest {
    private static final Duration LIMIT = Duration.ofSeconds(12);
    private static final BodyEnd SOON = new BodyEnd.Complete(1_000_000);

    static Exchange labelled(String label, Exchange e) {
        return new Exchange(e.number(), label, e.request(), e.head(), e.chunks(), e.end());
    }

    static Exchange with(int status, Map<String, String> headers) {
        return Literal.exchange(status, headers, "", "{}", SOON);
    }

    private static final Exchange CHALLENGED = with(401, Map.of("WWW-Authenticate", "Bearer realm=\"w\""));
    private static final Exchange TAKEN = answer(200, "{}");

    private static Verdict token(Exchange refused) {
        return TokenDemand.judge(List.of(CHALLENGED, refused), List.of(TAKEN), Optional.of(TAKEN));
    }

    @Test
    void catchesAnOpenRoute() {
        held(token(CHALLENGED), "2 calls without a right token", "constant time cannot be told");
        broken(
                token(labelled("POST /cancel without a token", answer(202, "{}"))),
                "SE-01",
                "401 to POST /cancel",
                "202");
        broken(
                token(labelled("GET /metrics with the token in the query as token", TAKEN)),
                "SE-01",
                "token in the query");
        broken(token(answer(401, "{}")), "SE-01", "WWW-Authenticate");
        broken(
                TokenDemand.judge(List.of(CHALLENGED), List.of(CHALLENGED), Optional.empty()),
                "SE-01",
                "the right token to be taken");
        broken(
                TokenDemand.judge(List.of(CHALLENGED), List.of(TAKEN), Optional.of(CHALLENGED)),
                "SE-01",
                "health without a token");
        inconclusive(TokenDemand.judge(List.of(), List.of(TAKEN), Optional.empty()), "nothing was asked");
    }

    private static final String REFUSAL =
            "{\"code\":\"INVALID_REQUEST\",\"field\":\"job_id\",\"message\":\"job_id must be visible.\",\"retriable\":false}";

    static Generation named(String asked, String echoed) {
        return generation(
                "{\"job_id\":\"%s\",\"max_tokens\":1}".formatted(asked),
                STARTED.replace("j-1", echoed) + Literal.token("a", 0) + end(1, "max_tokens"));
    }

    @Test
    void catchesSseInjectionThroughAJobId() {
        held(JobIdSafety.judge(List.of(answer(400, REFUSAL)), List.of(named("a\\\"b", "a\\\"b"))), "1 of 1 odd ids");
        broken(
                JobIdSafety.judge(List.of(labelled("with LF", Literal.stream("", STARTED, SOON))), List.of()),
                "SE-02",
                "a job_id with LF to be refused",
                "200");
        Exchange line = Literal.stream("", "data: a\n\ndata: " + JobIdSafety.INJECTED + "\n\n", SOON);
        broken(JobIdSafety.judge(List.of(line), List.of()), "SE-02", "no line of an answer", "a line");
        Exchange header = with(400, Map.of(JobIdSafety.INJECTED, "1"));
        broken(JobIdSafety.judge(List.of(header), List.of()), "SE-02", "no line of an answer", "a header");
        broken(JobIdSafety.judge(List.of(answer(400, REFUSAL)), List.of(named("a-b", "a b"))), "SE-02", "a-b", "a b");
        inconclusive(JobIdSafety.judge(List.of(), List.of()), "no malicious id");
    }

    @Test
    void doesNotBlameACleanRefusalOfWhatIsNoAscii() {
        Generation refused = new Generation(
                Literal.exchange(400, Map.of(), "{\"job_id\":\"春\"}", REFUSAL, SOON), generation("").stream());
        held(JobIdSafety.judge(List.of(answer(400, REFUSAL)), List.of(refused)), "0 of 1 odd ids");
    }

    @Test
    void catchesALogLineThatAnIdBegan() {
        held(JobIdSafety.log("rejected job_id=\"a\\r\\n" + JobIdSafety.INJECTED + "\"\n"), "no malicious id");
        broken(JobIdSafety.log("rejected a\n" + JobIdSafety.INJECTED + ": 1\n"), "SE-02", "no log line");
        broken(JobIdSafety.log("rejected a\u0000b\n"), "SE-02", "no control character");
        inconclusive(JobIdSafety.log(""), "no log");
    }

    private static Exchange ending(BodyEnd end) {
        return labelled("a slow request", Literal.exchange(200, Map.of(), "", "", end));
    }

    @Test
    void catchesThreadExhaustionBySlowRequests() {
        held(BodyDefence.slow(List.of(ending(new BodyEnd.Cut(10_000_000_000L, "closed"))), LIMIT), "1 slow requests");
        held(BodyDefence.slow(List.of(ending(SOON)), LIMIT), "1 slow requests");
        broken(
                BodyDefence.slow(List.of(ending(new BodyEnd.TimedOut(12_000_000_000L))), LIMIT),
                "SE-03",
                "a slow request to be cut off",
                "still open");
        broken(
                BodyDefence.slow(List.of(ending(new BodyEnd.Cut(13_000_000_000L, "closed"))), LIMIT),
                "SE-03",
                "it took 13000.0 ms");
        inconclusive(BodyDefence.slow(List.of(), LIMIT), "no slow request");
    }

    @Test
    void catchesThreadExhaustionByIdleConnections() {
        Generation served = generation(Literal.CONFORMING);
        held(BodyDefence.idle(200, 200, TAKEN, served, LIMIT), "200 idle connections");
        held(BodyDefence.idle(100, 200, TAKEN, served, LIMIT), "100 idle connections");
        broken(BodyDefence.idle(200, 200, TAKEN, generation(""), LIMIT), "SE-03", "a request to be served");
        broken(BodyDefence.idle(200, 200, TAKEN, served, Duration.ofNanos(1)), "SE-03", "health within");
        inconclusive(BodyDefence.idle(0, 200, TAKEN, served, LIMIT), "no idle connection");
    }

    static Verdict flood(Exchange answer, long sent) {
        return BodyDefence.floods(List.of(new BodyDefence.Flood("in chunks", answer, sent, 100)), TAKEN);
    }

    @Test
    void catchesAnEnormousBodyThatIsRead() {
        Exchange closed = new Exchange(
                1, "x", TAKEN.request(), Optional.empty(), List.of(), new BodyEnd.Cut(1, "the worker reset"));
        held(flood(answer(413, "{}"), 10), "in chunks: status 413");
        held(flood(closed, 10), "closed");
        broken(flood(answer(413, "{}"), 100), "SE-03", "without being read", "took all");
        broken(flood(TAKEN, 10), "SE-03", "to be refused", "200");
        Exchange ignored = new Exchange(
                1, "x", TAKEN.request(), Optional.empty(), List.of(), new BodyEnd.TimedOut(12_000_000_000L));
        broken(flood(ignored, 10), "SE-03", "to be refused", "neither answered nor cut off");
        broken(
                BodyDefence.floods(List.of(new BodyDefence.Flood("x", closed, 1, 100)), closed),
                "SE-03",
                "health 200 afterwards");
    }

    @Test
    void catchesAStackOverflow() {
        held(BodyDefence.nested(List.of(answer(400, "{}"), answer(413, "{}")), TAKEN), "2 bodies");
        broken(BodyDefence.nested(List.of(answer(500, "{}")), TAKEN), "SE-03", "nested 100,000 deep", "500");
        broken(BodyDefence.nested(List.of(answer(400, "{}")), answer(503, "{}")), "SE-03", "health 200");
    }

    private static Verdict headers(Map<String, String> headers) {
        return ResponseHeaders.judge(List.of(labelled("health", with(200, headers))), "https://x", Optional.empty());
    }

    @Test
    void catchesHeadersThatGiveAwayOrOpenADoor() {
        held(headers(Map.of("X-Content-Type-Options", "nosniff", "Server", "worker")), "remote shutdown not tried");
        broken(headers(Map.of("X-Content-Type-Options", "nosniff", "Server", "uvicorn/0.30.1")), "SE-04", "uvicorn");
        broken(headers(Map.of()), "SE-04", "nosniff from health");
        for (String origin : List.of("*", "https://x")) {
            broken(
                    headers(Map.of("X-Content-Type-Options", "nosniff", "Access-Control-Allow-Origin", origin)),
                    "SE-04",
                    "no CORS for every origin");
        }
    }

    @Test
    void catchesARemoteShutdown() {
        List<Exchange> fine = List.of(with(200, Map.of("X-Content-Type-Options", "nosniff")));
        held(ResponseHeaders.judge(fine, "x", Optional.of(CHALLENGED)), "remote shutdown refused with 401");
        broken(ResponseHeaders.judge(fine, "x", Optional.of(answer(202, "{}"))), "SE-04", "POST /shutdown", "202");
    }

    static Verdict secrecy(String route, String error) {
        return Secrecy.judge(
                List.of(labelled("GET /slots", answer(200, route))),
                List.of(labelled("a broken body", answer(500, error))),
                List.of("secret-42"));
    }

    @Test
    void catchesADebugRouteThatListsRunningPrompts() {
        held(secrecy("{\"type\":\"io.example.Slots\",\"path\":\"/v1/models\"}", "{\"message\":\"no.\"}"), "1 answers");
        broken(secrecy("[{\"prompt\":\"secret-42 x\"}]", "{}"), "SE-05", "GET /slots", "secret-42");
        broken(secrecy("{\"root\":\"/home/ada/model.gguf\"}", "{}"), "SE-05", "absolute path", "/home/ada");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.lang.NullPointerException: x",
                "at com.example.Foo.bar(Foo.java:12)",
                "Traceback (most recent call last)",
                "cannot open /root/model.gguf",
                "cannot open C:\\\\Users\\\\ada\\\\model",
                "ValueError: bad",
                "thread main panicked at src",
                "dev.worker.http.Parser failed"
            })
    void catchesAnExceptionsMessageInA500(String message) {
        broken(secrecy("{}", "{\"message\":\"" + message + "\"}"), "SE-05", "a broken body");
    }

    @Test
    void acceptsPlainErrorMessages() {
        held(
                secrecy(
                        "{}",
                        "{\"message\":\"temperature must be between 0.0 and 2.0, e.g. 0.7, see POST /execute.\"}"),
                "1 error bodies");
        inconclusive(Secrecy.judge(List.of(), List.of(), List.of("s")), "no route answered");
    }

    @Test
    void catchesTheFileOfAModelWhereverItLies() {
        broken(
                secrecy("{\"data\":[{\"id\":\"/work/shared/models/small-q4_1.gguf\"}]}", "{\"message\":\"no.\"}"),
                "SE-05",
                "/work/shared/models/small-q4_1.gguf");
        held(secrecy("{\"data\":[{\"id\":\"models/small-q4_1.gguf\"}]}", "{\"message\":\"no.\"}"), "1 answers");
    }

    private static Verdict framing(int status, String body, BodyEnd end) {
        return RequestFraming.judge(
                List.of(labelled("two lengths", Literal.exchange(status, Map.of(), "", body, end))));
    }

    @Test
    void catchesARequestSmuggledInTheBody() {
        BodyEnd open = new BodyEnd.TimedOut(2_000_000_000L);
        held(framing(400, "{}", SOON), "1 ambiguous requests");
        held(framing(400, "", new BodyEnd.Cut(1, "the worker reset the connection")), "1 ambiguous requests");
        broken(framing(400, "{}HTTP/1.1 200 OK\r\n", SOON), "SE-06", "one answer", "hidden in its body");
        broken(framing(200, "data: x\n\n", SOON), "SE-06", "400 to a request with two lengths", "200");
        broken(framing(400, "{}", open), "SE-06", "the connection closed", "still open");
        inconclusive(RequestFraming.judge(List.of()), "no ambiguous request");
    }
}
