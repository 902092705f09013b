package dev.touchstone.worker.http;

import static dev.touchstone.worker.http.WorkerFixture.execute;
import static dev.touchstone.worker.http.WorkerFixture.head;
import static dev.touchstone.worker.http.WorkerFixture.readThrough;
import static dev.touchstone.worker.http.WorkerFixture.whole;
import static dev.touchstone.worker.http.WorkerFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.engine.ScriptedEngine;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests whose end two readers could see in two places, or that never end: what becomes of the connection (SE-06). */
@Timeout(60)
class AmbiguousRequestTest {
    private static final String END = "\r\n0\r\n\r\n";
    private static final String GARBAGE = "no head at all\r\n";

    private static WorkerFixture worker() {
        return new WorkerFixture(new ScriptedEngine("abc"));
    }

    /** Reads to the end of the connection: one whole answer and nothing behind it, not even a reset. */
    private static void assertRefusedAndClosed(Socket socket, int status, String field) throws Exception {
        String response = readThrough(socket, "no such text");
        assertThat(response)
                .startsWith("HTTP/1.1 " + status + " ")
                .contains("\r\nConnection: close\r\n", "\r\nX-Content-Type-Options: nosniff\r\n")
                .contains("\r\nContent-Type: application/json\r\n")
                .doesNotContain("Server:")
                .contains("{\"code\":\"INVALID_REQUEST\",\"field\":\"" + field + "\",\"message\":\"" + field + " must ")
                .endsWith(",\"retriable\":false}");
        assertThat(response.split("HTTP/1\\.1 [1-5]", -1)).hasSize(2);
        String length = response.split("Content-Length: ", 2)[1].split("\r\n", 2)[0];
        assertThat(response.split("\r\n\r\n", 2)[1]).hasSize(Integer.parseInt(length));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 49\r\nTransfer-Encoding: chunked\r\n",
                "Content-Length: 49\r\nContent-Length: 48\r\n",
                "Content-Length: 49\r\nContent-Length: 49\r\n",
                "Content-Length: +49\r\n",
                "Content-Length : 49\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Content-Length: 49\r\nno colon\r\n",
                "Content-Length: 49\r\nX: a\r\n folded\r\n",
                "Content-Length: 49\r\nX: a\rb\r\n",
            })
    void anAmbiguousHeadIsRefusedAndItsRestNeverRead(String fields) throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc");
        try (WorkerFixture worker = new WorkerFixture(engine);
                Socket socket = worker.socket()) {
            String smuggled = whole("/execute", execute("smuggled", ",\"max_tokens\":1"));
            write(socket, head("/execute", fields) + "0\r\n\r\n" + smuggled);
            assertRefusedAndClosed(socket, 400, "head");
            assertThat(worker.get("/metrics").body()).contains("outcome=\"rejected\"} 1\n");
            assertThat(engine.prompts()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\n", "3\r\n{\"a\r\nzz\r\n", "2\r\n{\"job\r\n", "1\n{", "0\r\nno colon\r\n", "5;\0"})
    void aBrokenChunkIsRefused(String chunks) throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            write(socket, head("/execute", "Transfer-Encoding: chunked\r\n"));
            write(socket, chunks);
            assertRefusedAndClosed(socket, 400, "body");
        }
    }

    @Test
    void aBrokenChunkBehindItsHeadInOnePacketIsRefused() throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            write(socket, head("/execute", "Transfer-Encoding: chunked\r\n") + "zz\r\n");
            assertRefusedAndClosed(socket, 400, "body");
        }
    }

    @Test
    void aBrokenChunkOfABodyThatNobodyReadsGetsTheAnswerOfItsRoute() throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            write(socket, head("/nothing", "Transfer-Encoding: chunked\r\n") + "zz\r\n");
            assertRefusedAndClosed(socket, 404, "path");
        }
    }

    @Test
    void aBodyThatEndsTooSoonIsRefused() throws Exception {
        for (String body : List.of("Content-Length: 9\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")) {
            try (WorkerFixture worker = worker();
                    Socket socket = worker.socket()) {
                String head = head("/execute", "");
                write(socket, head.substring(0, head.length() - 2) + body);
                socket.shutdownOutput();
                assertRefusedAndClosed(socket, 400, "body");
            }
        }
    }

    @Test
    void theAnswerSurvivesALargeUnreadRest() throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            String rest = "x".repeat(1 << 20);
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    write(socket, GARBAGE + rest);
                } catch (java.io.IOException e) {
                    assertThat(e).isNotNull();
                }
            });
            assertRefusedAndClosed(socket, 400, "head");
            writer.join();
        }
    }

    @Test
    void whatWasAskedBeforeIsAnsweredFirst() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        try (WorkerFixture worker = new WorkerFixture(engine);
                Socket socket = worker.socket()) {
            write(
                    socket,
                    "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
                            + whole("/execute", execute("one", ",\"max_tokens\":2"))
                            + whole("/execute", "{}")
                            + whole("/execute", execute("two", ",\"max_tokens\":2"))
                            + GARBAGE);
            assertThat(readThrough(socket, "}")).startsWith("HTTP/1.1 200 ").contains("healthy");
            assertThat(engine.awaitOpened()).isTrue();
            engine.openGate();
            assertThat(readThrough(socket, END)).contains("\"one\"", "event: end");
            assertThat(readThrough(socket, "}")).startsWith("HTTP/1.1 400 ").contains("\"job_id\"");
            assertThat(readThrough(socket, END)).contains("\"two\"", "event: end");
            assertRefusedAndClosed(socket, 400, "head");
        }
    }

    @Test
    void garbageDuringAStreamIsAnsweredAfterIt() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        try (WorkerFixture worker = new WorkerFixture(engine);
                Socket socket = worker.socket()) {
            write(socket, whole("/execute", execute("one", ",\"max_tokens\":2")));
            readThrough(socket, "event: started");
            write(socket, GARBAGE);
            engine.openGate();
            assertThat(readThrough(socket, END)).contains("event: end");
            assertRefusedAndClosed(socket, 400, "head");
        }
    }

    @Test
    void aClientThatLeavesBehindItsGarbageStillFreesTheEngine() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").slow(Duration.ofMillis(5));
        try (WorkerFixture worker = new WorkerFixture(engine)) {
            Socket socket = worker.socket();
            write(socket, whole("/execute", execute("gone", ",\"max_tokens\":2048")));
            readThrough(socket, "event: token");
            write(socket, GARBAGE);
            socket.close();
            assertThat(engine.awaitClosed()).isTrue();
        }
    }

    @Test
    void garbageBehindALastRequestIsIgnored() throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            write(socket, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + GARBAGE);
            String all = readThrough(socket, "no such text");
            assertThat(all).startsWith("HTTP/1.1 200 ").endsWith("}");
            assertThat(all.split("HTTP/1\\.1 [1-5]", -1)).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/execute", "/cancel"})
    void aBodyThatIsTooSlowIsCutOff(String path) throws Exception {
        try (WorkerFixture worker = new WorkerFixture(new ScriptedEngine("abc"), Duration.ofMillis(200));
                Socket socket = worker.socket()) {
            write(socket, head(path, "Content-Length: 100\r\n") + "{");
            assertRefusedAndClosed(socket, 408, "body");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"P", "POST /execute HTTP/1.1\r\nHost: x\r\n"})
    void aHeadThatIsTooSlowIsCutOff(String head) throws Exception {
        try (WorkerFixture worker = new WorkerFixture(new ScriptedEngine("abc"), Duration.ofMillis(200));
                Socket socket = worker.socket()) {
            write(socket, head);
            assertRefusedAndClosed(socket, 408, "head");
        }
    }

    @Test
    void aBodyThatNobodyWantsIsNotWaitedForForEver() throws Exception {
        try (WorkerFixture worker = new WorkerFixture(new ScriptedEngine("abc"), Duration.ofMillis(200));
                Socket socket = worker.socket()) {
            write(socket, head("/nothing", "Content-Length: 100\r\n") + "{");
            assertThat(readThrough(socket, "}")).startsWith("HTTP/1.1 404 ");
            assertThat(readThrough(socket, "no such text")).isEmpty();
        }
    }

    @Test
    void halfARequestBehindALongStreamDoesNotCutIt() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").slow(Duration.ofMillis(2));
        try (WorkerFixture worker = new WorkerFixture(engine, Duration.ofMillis(100));
                Socket socket = worker.socket()) {
            String next = whole("/execute", execute("two", ",\"max_tokens\":1"));
            write(socket, whole("/execute", execute("one", ",\"max_tokens\":200")) + next.substring(0, 90));
            assertThat(readThrough(socket, END)).contains("\"one\"", "\"i\":199", "event: end");
            write(socket, next.substring(90));
            assertThat(readThrough(socket, END)).contains("\"two\"", "event: end");
        }
    }

    @Test
    void manyIdleAndHalfOpenConnectionsStopNobody() throws Exception {
        try (WorkerFixture worker = worker()) {
            List<Socket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < 200; i++) {
                    sockets.add(worker.socket());
                    write(
                            sockets.getLast(),
                            i % 2 == 0 ? "POST /execute HT" : head("/execute", "Content-Length: 9\r\n"));
                    sockets.add(worker.socket());
                }
                assertThat(worker.get("/health").statusCode()).isEqualTo(200);
                assertThat(worker.post("/execute", execute("j", ",\"max_tokens\":2"))
                                .body())
                        .contains("event: end");
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }
}
