package dev.touchstone.harness.client;

import static dev.touchstone.harness.client.HostileServer.answers;
import static dev.touchstone.harness.client.HostileServer.drips;
import static dev.touchstone.harness.client.HostileServer.floods;
import static dev.touchstone.harness.client.HostileServer.hangsAfter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.Transcript;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Whatever a server does, each exchange ends within its budget, in bounded memory and with a clear reason. */
final class HostileWorkersTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String PIECE = "x".repeat(64 * 1024);

    /** @param end what {@link #described} must contain, by whichever client */
    record Case(String name, HostileServer.Behaviour behaviour, String... end) {
        /** Short only where the time is to run out. */
        Budgets budgets() {
            boolean runsOut = List.of(end).contains("timed out");
            return Budgets.defaults().withAll(runsOut ? List.of("idle=200ms", "request=400ms") : List.of("idle=20s"));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Case> CASES = List.of(
            new Case("a gigabyte without a line end", floods(OK + "\r\n", PIECE), "too large"),
            new Case("one event without end", floods(OK + "\r\ndata: ", PIECE), "too large"),
            new Case("small events without end", floods(OK + "\r\n", "data\n\n".repeat(10_000)), "too large"),
            new Case("chunks of a byte without end", floods(CHUNKED, "1\r\nx\r\n".repeat(10_000)), "too large"),
            new Case(
                    "a chunk extension without end",
                    floods(CHUNKED + "1;", PIECE),
                    "without a byte of the body",
                    "line of more than"),
            new Case("header lines without end", floods(OK, "X-A: b\r\n".repeat(5_000)), "head", "malformed"),
            new Case("a header line of 10 MB", floods(OK + "X-A: ", PIECE), "head", "line of more than"),
            new Case("a status line without end", floods("HTTP/1.1 200 ", PIECE), "head", "line of more than"),
            new Case(
                    "interim answers without end",
                    floods("", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1_000)),
                    "head",
                    "without a byte of the body"),
            new Case("a body byte every few milliseconds", drips(OK + "\r\n", 'x'), "timed out"),
            new Case("a head byte every few milliseconds", drips(OK + "X-A: ", 'x'), "timed out"),
            new Case("comments every few milliseconds", drips(OK + "\r\ndata: x\n\n", ':'), "timed out"),
            new Case("no answer", hangsAfter(""), "timed out"),
            new Case("half a head", hangsAfter(OK), "timed out"),
            new Case("half a body", hangsAfter(OK + "Content-Length: 9\r\n\r\nx"), "timed out"),
            new Case("a close at once", (connection, over) -> connection.close(), "before a response came", "reset"),
            new Case("a close after the request", answers(""), "before a response came"),
            new Case("a reset at once", HostileWorkersTest::reset, "reset", "before a response came"),
            new Case(
                    "a reset within the body",
                    (connection, over) -> {
                        HostileServer.readHead(connection);
                        HostileServer.send(connection, OK + "Content-Length: 9\r\n\r\nx");
                        reset(connection, over);
                    },
                    "reset"),
            new Case(
                    "a redirect to itself",
                    answers("HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
                    "complete 301 ''"),
            new Case("HTML", answers(OK + "Content-Type: text/html\r\n\r\n<html>"), "complete 200 '<html>'"),
            new Case("HTTP/1.0", answers("HTTP/1.0 200 OK\r\n\r\nold"), "complete 200 'old'"),
            new Case("a status without a reason", answers("HTTP/1.1 200\r\n\r\nx"), "complete 200 'x'"),
            new Case(
                    "an interim 103",
                    answers("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK + "Content-Length: 1\r\n\r\nx"),
                    "complete 200 'x'"),
            new Case(
                    "compression that nobody asked for",
                    answers(OK + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\u001f\u008b"),
                    "complete 200 '.\u008b'"),
            new Case("garbage", answers("\u0007\u001b[2Jgarbage\r\n\r\n"), "no status line", "no HTTP status line"),
            new Case("another protocol", answers("SSH-2.0-OpenSSH_9.6\r\n"), "status line"),
            new Case("an absurd status", answers("HTTP/1.1 99999 Huh\r\n\r\n"), "status line"),
            new Case(
                    "an HTTP/2 preface",
                    answers("\0\0\u0012\u0004\0\0\0\0\0\0\u0003\0\0\0\u0064\0\u0004\0\u0010\0\0\0\u0006\0\0\u0040\0"),
                    "before a response came",
                    "status line"),
            new Case(
                    "a TLS alert", answers("\u0015\u0003\u0003\0\u0002\u0002\n"), "the worker speaks TLS on this port"),
            new Case("an absurd chunk size", answers(CHUNKED + "ffffffffffffffff\r\nx"), "chunk", "not a number"),
            new Case("a chunk longer than will come", answers(CHUNKED + "7ffffffffffffff\r\nx"), "before the body was"),
            new Case("a chunk size that is none", answers(CHUNKED + "zz\r\nx"), "chunk", "not a number"),
            new Case(
                    "an absurd length",
                    answers(OK + "Content-Length: 99999999999999999999\r\n\r\nx"),
                    "200 'x'",
                    "not a"),
            new Case(
                    "an answer before the request",
                    (connection, over) -> {
                        HostileServer.send(connection, OK + "Content-Length: 2\r\n\r\nhi");
                        HostileServer.linger(connection);
                    },
                    "complete 200 'hi'"));

    private static void reset(Socket connection, CountDownLatch over) throws IOException {
        connection.setSoLinger(true, 0);
        connection.close();
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void endsForTheClient(Case hostile) throws Exception {
        try (var server = HostileServer.plain(hostile.behaviour())) {
            Target target = Target.at(server.url()).withBudgets(hostile.budgets());
            var transcript = new Transcript();
            try (var client = new OkHttpWorkerClient(target, transcript)) {
                assertEnd(client.send(Call.postJson("hostile", "/execute", "{}"), LIMIT), hostile);
            }
            assertThat(transcript.exchanges()).hasSize(1);
        }
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void endsForARawCall(Case hostile) throws Exception {
        try (var server = HostileServer.plain(hostile.behaviour())) {
            Target target = Target.at(server.url()).withBudgets(hostile.budgets());
            var transcript = new Transcript();
            var raw = new RawCall(target, transcript);
            byte[] request = raw.bytes("POST", "/execute", List.of("Content-Length: 2"), new byte[] {'{', '}'});
            assertEnd(
                    raw.send(
                            "hostile",
                            request,
                            RawCall.After.WAIT,
                            hostile.budgets().request()),
                    hostile);
            assertThat(transcript.exchanges()).hasSize(1);
        }
    }

    @Test
    void readsARefusalThatComesBeforeALongRequestIsSent() throws Exception {
        byte[] body = new byte[4 * 1024 * 1024];
        HostileServer.Behaviour refuses = (connection, over) -> {
            HostileServer.send(connection, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
            HostileServer.linger(connection);
        };
        try (var server = HostileServer.plain(refuses);
                var client = new OkHttpWorkerClient(Target.at(server.url()), new Transcript())) {
            Exchange byClient = client.send(Call.postJson("hostile", "/execute", body), LIMIT);
            assertThat(described(byClient)).isEqualTo("complete 413 'no'");
            var raw = new RawCall(Target.at(server.url()), new Transcript());
            byte[] request = raw.bytes("POST", "/execute", List.of("Content-Length: " + body.length), body);
            Exchange byRaw = raw.send("hostile", request, RawCall.After.WAIT, LIMIT);
            assertThat(described(byRaw)).isEqualTo("complete 413 'no'");
        }
    }

    @Test
    void endsAnExchangeWhoseWaiterIsInterrupted() throws Exception {
        try (var server = HostileServer.plain(hangsAfter(""))) {
            var transcript = new Transcript();
            var raw = new RawCall(Target.at(server.url()), transcript);
            byte[] request = raw.bytes("GET", "/", List.of(), new byte[0]);
            Thread waiter = Thread.ofVirtual().start(() -> {
                try {
                    raw.send("hostile", request, RawCall.After.WAIT, LIMIT);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            waiter.interrupt();
            waiter.join();
            assertThat(transcript.exchanges()).hasSize(1);
        }
    }

    private static void assertEnd(Exchange exchange, Case hostile) {
        String described = described(exchange);
        assertThat(Stream.of(hostile.end())).as(described).anyMatch(described::contains);
        assertThat(described).hasLineCount(1).matches("\\P{Cntrl}*");
        assertThat(exchange.chunks().stream().mapToLong(Chunk::weight).sum())
                .isLessThanOrEqualTo(OkHttpWorkerClient.DEFAULT_BODY_LIMIT + 128 * 1024);
    }

    private static String described(Exchange exchange) {
        return switch (exchange.end()) {
            case BodyEnd.Complete _ ->
                "complete " + exchange.status() + " '"
                        + new String(exchange.body(), StandardCharsets.ISO_8859_1).replaceAll("\\p{Cntrl}", ".") + "'";
            case BodyEnd.Cut cut -> "cut: " + cut.reason();
            case BodyEnd.TimedOut _ -> "timed out";
            case BodyEnd.Abandoned _ -> "abandoned";
            case BodyEnd.TooLarge large -> "too large: " + large.limit();
        };
    }

    @AfterEach
    void leavesNoThread() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("touchstone-") && thread.getName().endsWith("-hostile")) {
                thread.join(LIMIT);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }
}
