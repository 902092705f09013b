package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The teeth of LI-01 to LI-04 and LI-06, on processes that never ran. */
class StartAndStopTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration EXIT = Duration.ofSeconds(5);
    private static final Duration EXTRA = Duration.ofSeconds(1);
    private static final String ERROR =
            "event: error\ndata: {\"code\":\"CANCELLED\",\"message\":\"m\",\"retriable\":true}\n\n";
    private static final BodyEnd REFUSED = new BodyEnd.Cut(1_000_000, BodyEnd.Cut.REFUSED);

    // --- LI-01

    private static StartRefusal.Start port(int status, String output) {
        return new StartRefusal.Start("a bad --port", "--port", "70000", "", OptionalInt.of(status), false, output);
    }

    private static Verdict refusal(StartRefusal.Start start) {
        return StartRefusal.judge(List.of(start), LIMIT);
    }

    @Test
    void acceptsOneLineInAnyWords() {
        held(refusal(port(1, "--port must be from 0 to 65535, but was 70000.\n")), "1 bad starts", "a bad --port");
        held(refusal(port(1, "2026-11-24 INFO starting\nERROR bad port: 70000 (use 1-65535)\nbye\n")));
        held(refusal(new StartRefusal.Start(
                "a model file: missing",
                "--model",
                "/tmp/x/missing.gguf",
                "",
                OptionalInt.of(1),
                false,
                "load_progress percent=0\nmissing.gguf: the model file is not there\n")));
        held(refusal(new StartRefusal.Start(
                "a model file: unknown architecture",
                "--model",
                "/tmp/x/a.gguf",
                "frob",
                OptionalInt.of(1),
                false,
                "general.architecture is 'frob'; accepted are llama and qwen2.\n")));
    }

    @Test
    void catchesAStackTraceOfAnyLanguage() {
        for (String trace : List.of(
                "Exception in thread \"main\" java.lang.IllegalArgumentException: 70000",
                "bad port 70000 was given\n\tat dev.worker.Main.main(Main.java:12)",
                "Traceback (most recent call last):\n  File \"w.py\", line 3\nValueError: 70000",
                "thread 'main' panicked at src/main.rs:3: port 70000 is bad",
                "goroutine 1 [running]:\nbad port 70000 was given",
                "terminate called after throwing an instance of 'std::out_of_range'")) {
            broken(refusal(port(1, trace)), "LI-01", "no stack trace for a bad --port (70000)");
        }
    }

    @Test
    void catchesAnotherStatusAHangAndAnIgnoredValue() {
        String line = "--port must be from 0 to 65535, but was 70000.";
        broken(refusal(port(0, line)), "LI-01", "exit status 1", "it was 0");
        broken(refusal(port(2, line)), "LI-01", "exit status 1", "it was 2");
        broken(
                refusal(new StartRefusal.Start("a bad --port", "--port", "70000", "", OptionalInt.empty(), false, "…")),
                "LI-01",
                "an end within 30 s",
                "still ran; its last line was \"…\"");
        broken(
                refusal(new StartRefusal.Start("a bad --port", "--port", "70000", "", OptionalInt.empty(), true, "")),
                "LI-01",
                "ignored it");
    }

    @Test
    void catchesALineWithoutTheValueOrTheMend() {
        broken(refusal(port(1, "")), "LI-01", "names the value", "nothing at all");
        broken(refusal(port(1, "the port is out of its range")), "LI-01", "a line that names the value");
        broken(refusal(port(1, "the port 170000 is out of its range")), "LI-01", "a line that names the value");
        broken(refusal(port(1, "--port 70000")), "LI-01", "in words", "\"--port 70000\"");
        broken(refusal(port(1, "java.lang.NumberFormatException: For input string: \"70000\"")), "LI-01", "in words");
        inconclusive(StartRefusal.judge(List.of(), LIMIT), "no bad start");
    }

    @Test
    void readsTheProgressOfALoadInSeveralForms() {
        held(LoadLog.progress("load 0%\nload 10%\nload 25 %\n50% of weights\n75%\n100.0 %\n"));
        held(LoadLog.progress(IntStream.of(0, 25, 50, 75, 100)
                .mapToObj("load_progress percent=\"%d\"\n"::formatted)
                .reduce("", String::concat)));
        held(LoadLog.progress(
                "{\"progress\":0}{\"progress\": 25}{\"progress\":50}{\"progress\":75}{\"progress\":100}"));
        broken(LoadLog.progress("0% 25% 50% 100%"), "LI-01", "logged was [0, 25, 50, 100]");
        broken(LoadLog.progress("0% 50% 25% 75% 100%"), "LI-01", "in this order");
        broken(LoadLog.progress("loading 100 tensors"), "LI-01", "no percentage was logged");
    }

    @Test
    void comparesTheWorkerIdWithTheOneThatWasGiven() {
        String id = "8f14e45f-ceea-467f-a9d5-000000000001";
        held(LoadLog.workerId(id, Literal.answer(200, "{\"worker_id\":\"" + id + "\"}")));
        broken(LoadLog.workerId(id, Literal.answer(200, "{\"worker_id\":\"other\"}")), "LI-01", "it was \"other\"");
        broken(LoadLog.refused("The worker exited with status 2."), "LI-01", "status 2");
    }

    // --- LI-02

    static Exchange sent(Exchange exchange, int millis) {
        RequestRecord request = exchange.request();
        return new Exchange(
                exchange.number(),
                exchange.label(),
                new RequestRecord(
                        request.method(),
                        request.url(),
                        request.headers(),
                        request.body(),
                        Literal.SENT.plusMillis(millis)),
                exchange.head(),
                exchange.chunks(),
                exchange.end());
    }

    static Exchange nobody(int millis, BodyEnd end) {
        Exchange answer = sent(Literal.answer(503, ""), millis);
        return new Exchange(1, "none", answer.request(), Optional.empty(), List.of(), end);
    }

    /** A stream of so many tokens, a millisecond each, that is signalled after two. */
    static CleanStop.Stop stop(Generation stream, List<Exchange> later, OptionalInt status, int millis) {
        return new CleanStop.Stop(
                "while streaming",
                Literal.SENT.plusMillis(2),
                List.of(stream),
                later,
                status,
                millis * 1_000_000L,
                OptionalLong.empty());
    }

    static Generation longStream(String last) {
        return Literal.generation(Literal.STARTED + Literal.tokens(0, 2000) + last);
    }

    private static Verdict stopped(CleanStop.Stop stop) {
        return CleanStop.judge(List.of(stop), EXIT);
    }

    @Test
    void acceptsEachWayOfEndingAStreamAndRefusedConnectionsAtTheEnd() {
        List<Exchange> later = List.of(sent(Literal.answer(503, ""), 10), nobody(1990, REFUSED), nobody(2100, REFUSED));
        held(
                stopped(stop(longStream(Literal.end(2000, "max_tokens")), later, OptionalInt.of(0), 2200)),
                "exit status 0 after at most 2200.0 ms",
                "1 streams",
                "1 new requests got 503");
        held(stopped(stop(longStream(ERROR), List.of(), OptionalInt.of(0), 100)), "0 new requests");
        var idle = new CleanStop.Stop(
                "while idle", Literal.SENT, List.of(), List.of(), OptionalInt.of(0), 1, OptionalLong.of(0));
        held(stopped(idle), "while idle", "0 streams");
    }

    @Test
    void leavesTheSignalTimeToArrive() {
        List<Exchange> served = List.of(sent(Literal.answer(200, ""), 20), sent(Literal.answer(503, ""), 40));
        held(stopped(stop(longStream(ERROR), served, OptionalInt.of(0), 100)));
        List<Exchange> again = List.of(sent(Literal.answer(503, ""), 20), sent(Literal.answer(200, ""), 40));
        broken(
                stopped(stop(longStream(ERROR), again, OptionalInt.of(0), 100)),
                "LI-02",
                "503 to a new request after SIGTERM",
                "it was 200");
        broken(
                stopped(stop(longStream(ERROR), List.of(sent(Literal.answer(200, ""), 900)), OptionalInt.of(0), 100)),
                "LI-02",
                "503 to a new request after SIGTERM");
    }

    @Test
    void catchesAListenerThatClosesWhileAStreamStillRuns() {
        broken(
                stopped(stop(longStream(ERROR), List.of(nobody(100, REFUSED)), OptionalInt.of(0), 2200)),
                "LI-02",
                "while a stream still ran",
                "connection refused");
    }

    @Test
    void catchesAStreamThatIsCut() {
        Generation cut =
                Literal.ending(Literal.STARTED + Literal.tokens(0, 9), new BodyEnd.Cut(9_000_000, "connection reset"));
        broken(
                stopped(stop(cut, List.of(), OptionalInt.of(0), 50)),
                "LI-02",
                "a terminal event",
                "after 9 tokens: connection reset");
        Generation open = Literal.ending(
                Literal.STARTED + Literal.tokens(0, 9) + ERROR, new BodyEnd.Cut(9_000_000, "connection reset"));
        broken(stopped(stop(open, List.of(), OptionalInt.of(0), 50)), "LI-02", "a proper end of the body");
        Generation silent = Literal.ending(Literal.STARTED, new BodyEnd.Complete(9_000_000));
        broken(stopped(stop(silent, List.of(), OptionalInt.of(0), 50)), "LI-02", "a terminal event");
    }

    @Test
    void catchesExitStatus143AHangAndMemoryThatIsStillHeld() {
        broken(
                stopped(stop(longStream(ERROR), List.of(), OptionalInt.of(143), 50)),
                "LI-02",
                "exit status 0",
                "it was 143");
        broken(
                stopped(stop(longStream(ERROR), List.of(), OptionalInt.empty(), 6000)),
                "LI-02",
                "an end within 5000 ms",
                "still ran");
        broken(stopped(stop(longStream(ERROR), List.of(), OptionalInt.of(0), 5100)), "LI-02", "it took 5100.0 ms");
        var held = new CleanStop.Stop(
                "while idle", Literal.SENT, List.of(), List.of(), OptionalInt.of(0), 1, OptionalLong.of(77));
        broken(stopped(held), "LI-02", "memory free", "77 bytes");
    }

    private static Generation cut(String text, long millis) {
        return Literal.ending(text, new BodyEnd.Cut(millis * 1_000_000, "connection reset"));
    }

    @Test
    void doesNotBlameTheWorkerForStreamsThatTheKitKilled() {
        String text = Literal.STARTED + Literal.tokens(0, 2000);
        Generation killed = cut(text, 6005);
        Verdict verdict = stopped(stop(killed, List.of(), OptionalInt.empty(), 6000));
        broken(verdict, "LI-02", "an end within 5000 ms", "still ran");
        assertThat(((Verdict.Broken) verdict).findings()).hasSize(1);
        Generation cut = cut(text, 2005);
        broken(stopped(stop(cut, List.of(), OptionalInt.empty(), 6000)), "LI-02", "the stream broke off");
    }

    @Test
    void doesNotJudgeAStreamThatWasOverBefore() {
        Generation over = Literal.generation(Literal.CONFORMING);
        var late = new CleanStop.Stop(
                "while streaming",
                Literal.SENT.plusMillis(50),
                List.of(over),
                List.of(),
                OptionalInt.of(0),
                1,
                OptionalLong.empty());
        inconclusive(stopped(late), "no process was signalled");
        inconclusive(CleanStop.judge(List.of(), EXIT), "no process");
    }

    @Test
    void readsStreamsOfTheOpenAiDialect() {
        Generation ended = OpenAiLiteral.streamed(
                9,
                OpenAiLiteral.chunk("a", "null")
                        + OpenAiLiteral.chunk("b", "null")
                        + "data: {\"error\":{\"message\":\"m\",\"type\":\"server_error\"}}\n\n");
        held(stopped(stop(ended, List.of(), OptionalInt.of(0), 50)), "1 streams");
        Generation cut = OpenAiLiteral.streamed(
                9, OpenAiLiteral.chunk("a", "null"), new BodyEnd.Cut(9_000_000, "connection reset"));
        broken(stopped(stop(cut, List.of(), OptionalInt.of(0), 50)), "LI-02", "a terminal event");
    }

    // --- LI-03

    @Test
    void comparesTheTextsBeforeAndAfterAKill() {
        Generation text = Literal.generation(Literal.CONFORMING);
        Generation other = Literal.generation(Literal.CONFORMING.replace(" b", " c"));
        held(KillAndRestart.judge(List.of(text, text), List.of(text), Optional.empty()), "kill -9");
        broken(KillAndRestart.judge(List.of(text, text), List.of(other), Optional.empty()), "LI-03", "differs");
        broken(
                KillAndRestart.judge(
                        List.of(text, text),
                        List.of(),
                        Optional.of(
                                "The worker exited with status 1 before it was healthy; its last line was: port in use")),
                "LI-03",
                "on the same port right after kill -9",
                "port in use");
        broken(
                KillAndRestart.judge(
                        List.of(text, text), List.of(Literal.generation(Literal.STARTED + ERROR)), Optional.empty()),
                "LI-03",
                "text from the restarted worker");
        inconclusive(
                KillAndRestart.judge(List.of(text, other), List.of(text), Optional.empty()),
                "the worker disagrees with itself");
        inconclusive(KillAndRestart.judge(List.of(), List.of(text), Optional.empty()), "too few");
    }

    // --- LI-04 and LI-06

    static Readiness.Start start(List<Exchange> polls, Generation first) {
        Generation usual = Literal.generation(Literal.CONFORMING);
        return new Readiness.Start(Literal.SENT, polls, Optional.of(first), List.of(usual, usual, usual));
    }

    static List<Exchange> polls(int... statuses) {
        return IntStream.range(0, statuses.length)
                .mapToObj(n ->
                        statuses[n] == 0 ? nobody(20 * n, REFUSED) : sent(Literal.answer(statuses[n], "{}"), 20 * n))
                .toList();
    }

    /** A generation whose first token comes after so many pings, a millisecond each. */
    static Generation after(int pings) {
        return Literal.generation("event: ping\ndata: {}\n\n".repeat(pings) + Literal.CONFORMING);
    }

    @Test
    void timesTheStart() {
        Readiness.Start start = start(polls(0, 503, 200), after(0));
        held(Readiness.soon(start, Duration.ofMillis(50)), "healthy 41.0 ms");
        assertThat(Readiness.figure(start, EXIT))
                .hasValueSatisfying(f -> assertThat(f.value()).isEqualTo(0.041));
        broken(Readiness.soon(start, Duration.ofMillis(40)), "LI-04", "within 40 ms", "41.0 ms");
        broken(Readiness.soon(start(polls(0, 0), after(0)), EXIT), "LI-04", "none came");
    }

    @Test
    void acceptsAClosedPortOr503UntilReady() {
        held(Readiness.truly(start(polls(0, 0, 503, 503, 200, 200), after(0)), EXTRA), "4 polls");
        held(Readiness.truly(start(polls(200), after(900)), EXTRA), "0 polls");
        Exchange reset = nobody(0, new BodyEnd.Cut(1, "connection reset"));
        held(Readiness.truly(start(List.of(reset, sent(Literal.answer(200, "{}"), 20)), after(0)), EXTRA));
    }

    @Test
    void catchesHealthThatIsNotTrue() {
        broken(
                Readiness.truly(start(polls(0, 404, 200), after(0)), EXTRA),
                "LI-06",
                "closed port or status 503",
                "404");
        broken(Readiness.truly(start(polls(200, 503), after(0)), EXTRA), "LI-06", "go on answering 200");
        Exchange hung = nobody(0, new BodyEnd.TimedOut(5_000_000_000L));
        broken(
                Readiness.truly(start(List.of(hung, sent(Literal.answer(200, "{}"), 20)), after(0)), EXTRA),
                "LI-06",
                "closed port or status 503");
    }

    @Test
    void catchesAFirstRequestThatFailsOrWaitsForTheLoad() {
        broken(
                Readiness.truly(start(polls(0, 200), Literal.generation(Literal.STARTED + ERROR)), EXTRA),
                "LI-06",
                "the first request after the first healthy answer to succeed");
        Readiness.Start waits = start(polls(200), after(1500));
        broken(Readiness.truly(waits, EXTRA), "LI-06", "not to wait for the load", "1502.0 ms");
        assertThat(Readiness.onlyWaited(waits, EXTRA)).isTrue();
        assertThat(Readiness.onlyWaited(start(polls(200), after(0)), EXTRA)).isFalse();
        assertThat(Readiness.onlyWaited(start(polls(404, 200), after(1500)), EXTRA))
                .isFalse();
        inconclusive(
                Readiness.truly(new Readiness.Start(Literal.SENT, polls(0, 503), Optional.empty(), List.of()), EXTRA),
                "did not become healthy");
    }
}
