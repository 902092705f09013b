package dev.touchstone.harness.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Curl;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.transcript.Transcript;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RawCallTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8);

    private final Transcript transcript = new Transcript();

    private Exchange send(ScriptedWorker worker) throws InterruptedException {
        return new RawCall(Target.at(worker.url()), transcript).send("raw", REQUEST, RawCall.After.WAIT, LIMIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 400\r\ncontent-length:5\r\n\r\nhello",
                "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: 1\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nhello"
            })
    void readsABodyToItsOwnEndOnAConnectionThatStaysOpen(String answer) throws Exception {
        try (var worker = ScriptedWorker.holding(answer)) {
            Exchange exchange = send(worker);
            assertThat(exchange.end()).isInstanceOf(BodyEnd.Complete.class);
            assertThat(exchange.status()).isEqualTo(400);
            assertThat(exchange.bodyText()).isEqualTo("hello");
            assertThat(transcript.exchanges()).hasSize(1);
        }
    }

    @Test
    void readsABodyThatTheCloseEnds() throws Exception {
        try (var worker = ScriptedWorker.closing("HTTP/1.1 200 OK\r\nX-One:  1 \r\n\r\nhello")) {
            Exchange exchange = send(worker);
            assertThat(exchange.end()).isInstanceOf(BodyEnd.Complete.class);
            assertThat(exchange.head().orElseThrow().header("x-one")).contains("1");
            assertThat(exchange.bodyText()).isEqualTo("hello");
            assertThat(exchange.chunks()).allMatch(chunk -> chunk.read() > 0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
            })
    void reportsACutBody(String answer) throws Exception {
        try (var worker = ScriptedWorker.closing(answer)) {
            Exchange exchange = send(worker);
            assertThat(reason(exchange)).contains("closed before the body was complete");
            assertThat(exchange.bodyText()).isEqualTo("hello");
        }
    }

    @Test
    void reportsWhatIsNoAnswer() throws Exception {
        assertThat(reasonFor("SSH-2.0-x\r\n")).contains("no status line");
        assertThat(reasonFor("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")).contains("malformed header section");
        assertThat(reasonFor("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")).contains("not a number: '-1'");
        assertThat(reasonFor("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"))
                .contains("longer than it says");
        assertThat(reasonFor("")).contains("closed before a response came");
    }

    private String reasonFor(String answer) throws Exception {
        try (var worker = ScriptedWorker.closing(answer)) {
            return reason(send(worker));
        }
    }

    private static String reason(Exchange exchange) {
        return exchange.end() instanceof BodyEnd.Cut cut ? cut.reason() : "not cut: " + exchange.end();
    }

    @Test
    void givesUpAtTheLimit() throws Exception {
        try (var worker = ScriptedWorker.holding("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")) {
            Exchange exchange = new RawCall(Target.at(worker.url()), transcript)
                    .send("raw", REQUEST, RawCall.After.WAIT, Duration.ofMillis(50));
            assertThat(exchange.end()).isInstanceOf(BodyEnd.TimedOut.class);
            assertThat(transcript.exchanges()).hasSize(1);
        }
    }

    @Test
    void sendsJustWhatItIsGivenAndKeepsTheTokenOutOfTheRecord() throws Exception {
        try (var worker = ScriptedWorker.closing("HTTP/1.1 400 Bad Request\r\n\r\n")) {
            var raw = new RawCall(Target.at(worker.url()).withToken("s3cret"), transcript);
            byte[] body = {'{', 0, (byte) 0xff};
            byte[] request = raw.bytes("POST", "/execute", List.of("Content-Length: 99", "Bad Name : x"), body);
            Exchange exchange = raw.send("short", request, RawCall.After.SEND_NO_MORE, LIMIT);
            assertThat(exchange.status()).isEqualTo(400);
            assertThat(worker.received())
                    .startsWith("POST /execute HTTP/1.1\r\nHost: 127.0.0.1:")
                    .endsWith(
                            "\r\nAuthorization: Bearer s3cret\r\nContent-Length: 99\r\nBad Name : x\r\n\r\n{\0\u00ff");
            assertThat(exchange.request().method()).isEqualTo(RequestRecord.RAW);
            assertThat(exchange.request().body()).asString().doesNotContain("s3cret");
            assertThat(Curl.of(exchange.request())).contains(" | nc 127.0.0.1 ").doesNotContain("s3cret");
        }
    }

    @Test
    void reportsARefusedConnection() throws Exception {
        var worker = ScriptedWorker.closing();
        worker.close();
        assertThat(reason(send(worker))).isEqualTo("connection refused");
    }
}
