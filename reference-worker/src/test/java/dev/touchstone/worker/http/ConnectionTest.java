package dev.touchstone.worker.http;

import static dev.touchstone.worker.http.WorkerFixture.execute;
import static dev.touchstone.worker.http.WorkerFixture.head;
import static dev.touchstone.worker.http.WorkerFixture.readThrough;
import static dev.touchstone.worker.http.WorkerFixture.whole;
import static dev.touchstone.worker.http.WorkerFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.engine.ByteTokenizer;
import dev.touchstone.worker.engine.ScriptedEngine;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a raw socket shows: bodies that are too large or lie, clients that leave or stall, connections used again. */
@Timeout(60)
class ConnectionTest {
    private static final String CHUNK = "10000\r\n" + " ".repeat(0x10000) + "\r\n";

    private static WorkerFixture worker() {
        return new WorkerFixture(new ScriptedEngine("abc"));
    }

    private static void assertTooLarge(String response) {
        assertThat(response)
                .startsWith("HTTP/1.1 413 ")
                .contains("\r\nConnection: close\r\n")
                .contains("\"code\":\"INVALID_REQUEST\",\"field\":\"body\"")
                .endsWith("}");
    }

    /** Writes until the other side has had enough. */
    private static Thread writer(Socket socket, String part, int times) {
        return Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; i < times; i++) {
                    write(socket, part);
                }
            } catch (IOException e) {
                // The worker has closed the connection, as it may: the test judges what it answered.
                assertThat(e).isNotNull();
            }
        });
    }

    @Test
    void aChunkedBodyOverTheLimitGetsAReadableAnswer() throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            write(socket, head("/execute", "Transfer-Encoding: chunked\r\n"));
            Thread writer = writer(socket, CHUNK, 100);
            assertTooLarge(readThrough(socket, "}"));
            socket.close();
            writer.join();
            assertThat(worker.get("/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aChunkedBodyWithoutEndIsNotReadForEver() throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            write(socket, head("/execute", "Transfer-Encoding: chunked\r\n"));
            Thread writer = writer(socket, CHUNK, 1 << 20);
            assertTooLarge(readThrough(socket, "}"));
            writer.join();
        }
    }

    @Test
    void aLengthOverTheLimitIsRefusedBeforeTheBodyComes() throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            write(socket, head("/execute", "Content-Length: 104857600\r\n") + "{");
            assertTooLarge(readThrough(socket, "}"));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aClientThatAsksFirstIsRefusedWithoutBeingToldToContinue() throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            write(socket, head("/execute", "Content-Length: 104857600\r\nExpect: 100-continue\r\n"));
            assertTooLarge(readThrough(socket, "}"));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aClientThatAsksFirstIsToldToContinueWhenTheBodyIsSmall() throws Exception {
        String body = execute("j", ",\"max_tokens\":1");
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            write(socket, head("/execute", "Content-Length: " + body.length() + "\r\nExpect: 100-continue\r\n"));
            assertThat(readThrough(socket, "\r\n\r\n")).startsWith("HTTP/1.1 100 ");
            write(socket, body);
            assertThat(readThrough(socket, "event: end")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aBodyLongerThanItsLengthIsJudgedByItsLength() throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            Thread writer = writer(socket, head("/execute", "Content-Length: 10\r\n") + " ".repeat(1 << 16), 1);
            assertThat(readThrough(socket, "}")).startsWith("HTTP/1.1 400 ").contains("\"field\":\"body\"");
            socket.close();
            writer.join();
            assertThat(worker.get("/health").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/health", "/metrics"})
    void aLargeBodyToAnyRouteIsNotRead(String path) throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            write(socket, head(path, "Transfer-Encoding: chunked\r\n"));
            Thread writer = writer(socket, CHUNK, 1 << 20);
            assertThat(readThrough(socket, "}")).startsWith("HTTP/1.1 40");
            writer.join();
        }
    }

    @Test
    void aSecondRequestOnTheSameConnectionIsAnsweredAfterEveryKindOfAnswer() throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            for (int i = 0; i < 3; i++) {
                write(socket, whole("/execute", execute("j" + i, ",\"max_tokens\":2")));
                String stream = readThrough(socket, "\r\n0\r\n\r\n");
                assertThat(stream).startsWith("HTTP/1.1 200 ").contains("\"job_id\":\"j" + i + "\"");
                write(socket, whole("/execute", "{}"));
                assertThat(readThrough(socket, "}")).startsWith("HTTP/1.1 400 ");
                write(socket, whole("/nothing", "{}"));
                assertThat(readThrough(socket, "}")).startsWith("HTTP/1.1 404 ");
            }
        }
    }

    @Test
    void aPipelinedRequestWaitsForTheStreamBeforeIt() throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            write(
                    socket,
                    whole("/execute", execute("first", ",\"max_tokens\":2"))
                            + whole("/execute", execute("second", ",\"max_tokens\":2")));
            assertThat(readThrough(socket, "\r\n0\r\n\r\n"))
                    .contains("\"first\"")
                    .doesNotContain("\"second\"");
            assertThat(readThrough(socket, "\r\n0\r\n\r\n"))
                    .contains("\"second\"")
                    .doesNotContain("\"first\"");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatLeavesFreesTheEngine(boolean reset) throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").slow(Duration.ofMillis(5));
        try (WorkerFixture worker = new WorkerFixture(engine)) {
            Socket socket = worker.socket();
            write(socket, whole("/execute", execute("gone", ",\"max_tokens\":2048")));
            readThrough(socket, "event: token");
            if (reset) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
            // Run to its end, the job would hold the engine for more than 10 s, which is how long this waits.
            assertThat(engine.awaitClosed()).isTrue();
            assertThat(worker.post("/execute", execute("gone", ",\"max_tokens\":1"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(worker.get("/metrics").body()).contains("outcome=\"cancelled\"} 1");
        }
    }

    @Test
    void aReaderThatStallsDoesNotBlockOthersAndIsCutOff() throws Exception {
        // Escaped control characters make long events, so that the socket is full long before the job ends.
        ScriptedEngine engine = new ScriptedEngine("\u0001");
        try (WorkerFixture worker = new WorkerFixture(engine, new ByteTokenizer(), "", 4, Duration.ofMillis(300));
                Socket stalled = worker.socket()) {
            String longPrompt = execute("stalled", ",\"max_tokens\":2048");
            write(stalled, whole("/execute", longPrompt));
            assertThat(engine.awaitClosed()).isTrue();
            assertThat(worker.post("/execute", execute("other", ",\"max_tokens\":2"))
                            .body())
                    .contains("event: end");
            while (worker.server.openStreams() > 0) {
                Thread.onSpinWait();
            }
            assertThat(readThrough(stalled, "event: end")).doesNotEndWith("event: end");
        }
    }
}
