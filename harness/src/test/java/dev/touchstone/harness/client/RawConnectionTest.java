package dev.touchstone.harness.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.Transcript;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RawConnectionTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final byte[] REQUEST = ascii("GET / HTTP/1.1\r\n\r\n");
    private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final Transcript transcript = new Transcript();
    private final ServerSocket server;

    RawConnectionTest() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        server.setSoTimeout((int) LIMIT.toMillis());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private RawConnection open(RawConnection.Reading reading) {
        return new RawCall(Target.at("http://127.0.0.1:" + server.getLocalPort()), transcript)
                .open("raw", REQUEST, reading);
    }

    private Socket accepted() throws IOException {
        Socket socket = server.accept();
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.getInputStream().readNBytes(REQUEST.length);
        return socket;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void goesAwayByReset() throws Exception {
        try (RawConnection connection = open(RawConnection.Reading.ONE_ANSWER);
                Socket worker = accepted()) {
            connection.reset();
            assertThat(end(worker)).isEqualTo("reset");
            assertThat(connection.awaitEnd(LIMIT).end()).isInstanceOf(BodyEnd.Abandoned.class);
            assertThat(transcript.exchanges()).hasSize(1);
        }
    }

    @Test
    void goesAwayByFinAndByHalfClose() throws Exception {
        try (RawConnection connection = open(RawConnection.Reading.ONE_ANSWER);
                Socket worker = accepted()) {
            connection.sendNoMore();
            assertThat(end(worker)).isEqualTo("end");
            worker.getOutputStream().write(ascii("HTTP/1.1 204 No Content\r\n\r\n"));
            assertThat(connection.awaitEnd(LIMIT).status()).isEqualTo(204);
        }
        try (RawConnection connection = open(RawConnection.Reading.ONE_ANSWER);
                Socket worker = accepted()) {
            connection.close();
            assertThat(end(worker)).isEqualTo("end");
        }
    }

    @Test
    void readsEverythingAfterTheFirstHead() throws Exception {
        try (RawConnection connection = open(RawConnection.Reading.EVERYTHING)) {
            try (Socket worker = accepted()) {
                worker.getOutputStream().write(ascii(HEAD + "0\r\n\r\nHTTP/1.1 400 Bad\r\n\r\n"));
            }
            Exchange exchange = connection.awaitEnd(LIMIT);
            assertThat(exchange.end()).isInstanceOf(BodyEnd.Complete.class);
            assertThat(exchange.status()).isEqualTo(200);
            assertThat(exchange.bodyText()).isEqualTo("0\r\n\r\nHTTP/1.1 400 Bad\r\n\r\n");
        }
    }

    @Test
    void readsNothingUntilItIsTold() throws Exception {
        try (RawConnection connection = open(RawConnection.Reading.NOTHING);
                Socket worker = accepted()) {
            worker.getOutputStream().write(ascii(HEAD));
            assertThat(connection.answer().awaitHead(Duration.ofMillis(50))).isFalse();
            connection.resume();
            assertThat(connection.answer().awaitHead(LIMIT)).isTrue();
        }
    }

    @Test
    void sendsMoreUntilTheConnectionBreaks() throws Exception {
        try (RawConnection connection = open(RawConnection.Reading.ONE_ANSWER);
                Socket worker = accepted()) {
            assertThat(connection.send(ascii("more"))).isTrue();
            assertThat(worker.getInputStream().readNBytes(4)).isEqualTo(ascii("more"));
            worker.close();
            connection.awaitEnd(LIMIT);
            assertThat(connection.hasEnded()).isTrue();
            assertThat(connection.send(ascii("more"))).isFalse();
        }
    }

    /** How the worker sees the connection end. */
    private static String end(Socket worker) {
        try {
            return worker.getInputStream().read() < 0 ? "end" : "data";
        } catch (IOException reset) {
            return "reset";
        }
    }
}
