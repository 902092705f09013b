package dev.touchstone.harness.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.sse.SseReader;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.Transcript;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class OkHttpWorkerClientTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private final Transcript transcript = new Transcript();

    /** A worker that reads something and answers with these very bytes, then closes or waits. */
    private static ServerSocket worker(String answer, boolean close) throws IOException {
        var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(() -> {
            try (Socket socket = server.accept()) {
                socket.getInputStream().read(new byte[65536]);
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                if (!close) {
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                }
            } catch (IOException e) {
                // The client hung up, which some of these tests are about.
                assertThat(e).hasMessageNotContaining("accept");
            }
        });
        return server;
    }

    private OkHttpWorkerClient client(ServerSocket server) {
        return new OkHttpWorkerClient(
                Target.at("http://127.0.0.1:" + server.getLocalPort()).withToken("s3cret"), transcript);
    }

    private static final String STREAM = """
            HTTP/1.1 200 OK\r
            Content-Type: text/event-stream\r
            Transfer-Encoding: chunked\r
            \r
            9\r
            data: a\n\n\r
            9\r
            data: b\n\n\r
            """;

    @Test
    void recordsChunksOfOneSocketReadUnderOneNumber() throws Exception {
        try (var server = worker(STREAM + "0\r\n\r\n", true);
                var client = client(server)) {
            Exchange exchange = client.send(Call.postJson("execute", "/execute", "{}"), LIMIT);
            assertThat(exchange.end()).isInstanceOf(BodyEnd.Complete.class);
            assertThat(exchange.chunks()).hasSize(2);
            assertThat(exchange.chunks()).extracting(Chunk::read).containsOnly(1);
            assertThat(SseReader.read(exchange).events())
                    .extracting(SseEvent::data)
                    .containsExactly("a", "b");
            assertThat(exchange.request().headers().toString())
                    .contains("$TOUCHSTONE_TOKEN")
                    .doesNotContain("s3cret");
            assertThat(transcript.exchanges()).hasSize(1);
        }
    }

    @Test
    void reportsACutBody() throws Exception {
        try (var server = worker(STREAM, true);
                var client = client(server)) {
            Exchange exchange = client.send(Call.get("cut", "/execute"), LIMIT);
            assertThat(exchange.end())
                    .isInstanceOfSatisfying(
                            BodyEnd.Cut.class,
                            cut -> assertThat(cut.reason()).contains("closed before the body was complete"));
        }
    }

    @Test
    void seesEventsWhileTheBodyIsOpenAndHangsUp() throws Exception {
        try (var server = worker(STREAM, false);
                var client = client(server)) {
            StreamingCall call = client.open(Call.get("open", "/execute"));
            assertThat(call.awaitEvents(2, LIMIT)).isTrue();
            call.abandon();
            assertThat(call.awaitEnd(LIMIT).end()).isInstanceOf(BodyEnd.Abandoned.class);
        }
    }

    @Test
    void doesNotRetryAnUnavailableWorker() throws Exception {
        try (var server = worker("HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 2\r\n\r\n{}", true);
                var client = client(server)) {
            Exchange exchange = client.send(Call.get("busy", "/health"), LIMIT);
            assertThat(exchange.status()).isEqualTo(503);
            assertThat(exchange.head().orElseThrow().header("retry-after")).contains("0");
            assertThat(exchange.bodyText()).isEqualTo("{}");
        }
    }

    @Test
    void reportsARefusedConnection() throws Exception {
        int port;
        try (var server = new ServerSocket(0)) {
            port = server.getLocalPort();
        }
        try (var client = new OkHttpWorkerClient(Target.at("127.0.0.1:" + port), transcript)) {
            Exchange exchange = client.send(Call.get("health", "/health"), LIMIT);
            assertThat(exchange.end())
                    .isInstanceOfSatisfying(
                            BodyEnd.Cut.class, cut -> assertThat(cut.reason()).isEqualTo("connection refused"));
        }
    }
}
