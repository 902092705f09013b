package dev.touchstone.worker.http;

import static dev.touchstone.worker.http.WorkerFixture.execute;
import static dev.touchstone.worker.http.WorkerFixture.head;
import static dev.touchstone.worker.http.WorkerFixture.json;
import static dev.touchstone.worker.http.WorkerFixture.readThrough;
import static dev.touchstone.worker.http.WorkerFixture.whole;
import static dev.touchstone.worker.http.WorkerFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.engine.ScriptedEngine;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams that wait: for the queue, for the prefill, for a slow reader; and clients that leave while they do. */
@Timeout(60)
class WaitingStreamTest {
    private static final String END = "\r\n0\r\n\r\n";

    enum Leaving {
        CLOSE,
        RESET,
        HALF_CLOSE
    }

    private static void awaitDepth(WorkerFixture worker, int depth) {
        while (worker.scheduler.depth() != depth) {
            Thread.onSpinWait();
        }
    }

    private static Socket executing(WorkerFixture worker, String id, int maxTokens) throws Exception {
        Socket socket = worker.socket();
        write(socket, whole("/execute", execute(id, ",\"max_tokens\":" + maxTokens)));
        return socket;
    }

    /** As the second of two connections, which would else race to the queue: asks once the first one's job has the engine. */
    private static Socket executingAfter(ScriptedEngine engine, WorkerFixture worker, String id, int maxTokens)
            throws Exception {
        assertThat(engine.awaitOpened()).isTrue();
        return executing(worker, id, maxTokens);
    }

    private static void leave(Socket socket, Leaving how) throws Exception {
        switch (how) {
            case CLOSE -> socket.close();
            case RESET -> {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            case HALF_CLOSE -> socket.shutdownOutput();
        }
    }

    @Test
    void theHeadOfAQueuedJobIsSentBeforeItsTurnAndStartedIsNot() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        try (WorkerFixture worker = new WorkerFixture(engine);
                Socket running = executing(worker, "running", 1);
                Socket queued = executingAfter(engine, worker, "queued", 1)) {
            // The engine stands at its gate, before the first prefill: what can be read now was sent without it.
            assertThat(readThrough(running, "\n\n")).contains("event: started", "\"running\"");
            assertThat(readThrough(queued, "\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ")
                    .contains("text/event-stream");
            awaitDepth(worker, 1);
            assertThat(queued.getInputStream().available()).isZero();
            engine.openGate();
            assertThat(readThrough(running, END)).contains("event: end");
            assertThat(readThrough(queued, END)).contains("event: started", "event: end");
        }
    }

    @Test
    void jobsRunInTheOrderOfTheirArrivalAndHealthGoesBackToRest() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        List<Socket> sockets = new ArrayList<>();
        try (WorkerFixture worker = new WorkerFixture(engine)) {
            for (int i = 0; i < 5; i++) {
                sockets.add(worker.socket());
                String prompt = "{\"job_id\":\"j" + i + "\",\"prompt\":\"canary-" + i + "\",\"max_tokens\":1}";
                write(sockets.getLast(), whole("/execute", prompt));
                readThrough(sockets.getLast(), "\r\n\r\n");
            }
            awaitDepth(worker, 4);
            engine.openGate();
            for (int i = 0; i < 5; i++) {
                assertThat(readThrough(sockets.get(i), END)).contains("\"j" + i + "\"", "event: end");
            }
            assertThat(engine.prompts()).containsExactly("canary-0", "canary-1", "canary-2", "canary-3", "canary-4");
            var health = json(worker.get("/health").body());
            assertThat(health.has("active_job")).isFalse();
            assertThat(health.path("queue_depth").intValue()).isZero();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatLeavesTheQueueNeverRuns(Leaving how) throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        try (WorkerFixture worker = new WorkerFixture(engine);
                Socket running = executing(worker, "running", 2)) {
            assertThat(engine.awaitOpened()).isTrue();
            try (Socket queued = executing(worker, "queued", 2)) {
                readThrough(queued, "\r\n\r\n");
                awaitDepth(worker, 1);
                leave(queued, how);
                awaitDepth(worker, 0);
            }
            engine.openGate();
            assertThat(readThrough(running, END)).contains("event: end");
            assertThat(engine.prompts()).hasSize(1);
            assertThat(worker.get("/metrics").body()).contains("outcome=\"cancelled\"} 1\n", "outcome=\"ok\"} 1\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatLeavesItsStreamFreesTheEngine(Leaving how) throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").slow(Duration.ofMillis(5));
        try (WorkerFixture worker = new WorkerFixture(engine);
                Socket socket = executing(worker, "gone", 2048)) {
            readThrough(socket, "event: token");
            leave(socket, how);
            // Run to its end, the job would hold the engine for more than 10 s, which is how long this waits.
            assertThat(engine.awaitClosed()).isTrue();
        }
    }

    @Test
    void aQueuedJobIsCancelledAtOnceAndItsConnectionGoesOn() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        try (WorkerFixture worker = new WorkerFixture(engine);
                Socket running = executing(worker, "running", 2);
                Socket queued = executingAfter(engine, worker, "queued", 2)) {
            readThrough(queued, "\r\n\r\n");
            awaitDepth(worker, 1);
            for (int i = 0; i < 2; i++) {
                assertThat(worker.post("/cancel", "{\"job_id\":\"queued\"}").statusCode())
                        .isEqualTo(202);
            }
            assertThat(readThrough(queued, END)).contains("CANCELLED").doesNotContain("event: token");
            assertThat(worker.post("/cancel", "{\"job_id\":\"queued\"}").statusCode())
                    .isEqualTo(202);
            write(queued, whole("/execute", execute("next", ",\"max_tokens\":1")));
            readThrough(queued, "\r\n\r\n");
            engine.openGate();
            assertThat(readThrough(running, END)).contains("event: end");
            assertThat(readThrough(queued, END)).contains("\"next\"", "event: end");
        }
    }

    @Test
    void aReaderThatComesLateGetsEveryEvent() throws Exception {
        // Escaped control characters make long events, so that the socket is full long before the job ends.
        ScriptedEngine engine = new ScriptedEngine("\u0001");
        try (WorkerFixture worker = new WorkerFixture(engine);
                Socket socket = executing(worker, "slow", 2048)) {
            assertThat(engine.awaitClosed()).isTrue();
            byte[] all = new byte[1 << 20];
            int length = 0;
            while (length < END.length() || !new String(all, length - 7, 7, StandardCharsets.UTF_8).equals(END)) {
                length += socket.getInputStream().readNBytes(all, length, 1);
            }
            String stream = new String(all, 0, length, StandardCharsets.UTF_8);
            for (int i = 0; i < 2048; i++) {
                assertThat(stream).contains("{\"t\":\"\\u0001\",\"i\":" + i + "}");
            }
            assertThat(stream).contains("\"tokens_out\":2048");
        }
    }

    @Test
    void theRefusalOfAFullQueueLeavesTheConnectionForTheNextTry() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        try (WorkerFixture worker = new WorkerFixture(
                        engine, new dev.touchstone.worker.engine.ByteTokenizer(), "", 1, Duration.ofSeconds(9));
                Socket running = executing(worker, "a", 1);
                Socket waiting = executingAfter(engine, worker, "b", 1);
                Socket third = worker.socket()) {
            readThrough(waiting, "\r\n\r\n");
            awaitDepth(worker, 1);
            String again = whole("/execute", execute("c", ",\"max_tokens\":1"));
            write(third, again);
            assertThat(readThrough(third, "}")).startsWith("HTTP/1.1 503 ").contains("Retry-After: 1\r\n", "\"BUSY\"");
            engine.openGate();
            assertThat(readThrough(running, END)).contains("event: end");
            assertThat(readThrough(waiting, END)).contains("event: end");
            write(third, again);
            assertThat(readThrough(third, END)).startsWith("HTTP/1.1 200 ").contains("event: end");
        }
    }

    @Test
    void anHttp10ClientGetsItsStreamUpToTheEndOfTheConnection() throws Exception {
        try (WorkerFixture worker = new WorkerFixture(new ScriptedEngine("abc"));
                Socket socket = worker.socket()) {
            write(socket, whole("/execute", execute("old", ",\"max_tokens\":2")).replace("HTTP/1.1", "HTTP/1.0"));
            String all = readThrough(socket, "no such text");
            assertThat(all)
                    .contains("event: started", "event: end")
                    .endsWith("}\n\n")
                    .doesNotContain("chunked");
        }
    }

    @Test
    void aBodyInManyPiecesIsOneRequest() throws Exception {
        try (WorkerFixture worker = new WorkerFixture(new ScriptedEngine("abc"));
                Socket socket = worker.socket()) {
            socket.setTcpNoDelay(true);
            StringBuilder all = new StringBuilder(head("/execute", "Transfer-Encoding: chunked\r\n"));
            for (char c : execute("bytes", ",\"max_tokens\":2").toCharArray()) {
                all.append("1\r\n").append(c).append("\r\n");
            }
            for (char c : all.append("0\r\n\r\n").toString().toCharArray()) {
                write(socket, String.valueOf(c));
            }
            assertThat(readThrough(socket, END)).contains("\"bytes\"", "event: end");
        }
    }
}
