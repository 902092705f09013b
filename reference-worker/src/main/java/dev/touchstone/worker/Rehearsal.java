package dev.touchstone.worker;

import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.EngineFacts;
import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.http.ServerOptions;
import dev.touchstone.worker.http.WorkerServer;
import dev.touchstone.worker.job.Scheduler;
import dev.touchstone.worker.model.chat.ChatTemplate;
import dev.touchstone.worker.model.tokenizer.Tokenizer;
import dev.touchstone.worker.openai.OpenAiDialect;
import dev.touchstone.worker.telemetry.Log;
import dev.touchstone.worker.telemetry.Metrics;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Answers a few requests over loopback on a stand-in model, while the real one loads: the classes of the whole path from
 * socket to sampler are loaded and linked by then, which would cost the first client half a second.
 */
final class Rehearsal {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final List<String> BODIES = List.of(
            "{\"job_id\":\"1\",\"prompt\":\"hello\",\"max_tokens\":48,\"temperature\":0.8,\"seed\":1}",
            "{\"job_id\":\"2\",\"prompt\":\"h\\u00e9llo\",\"max_tokens\":48,\"temperature\":0}",
            "{\"job_id\":\"3\",\"prompt\":\"hello\",\"max_tokens\":48,\"temperature\":1.1,\"top_k\":40,\"top_p\":0.9,"
                    + "\"min_p\":0.01,\"repetition_penalty\":1.1,\"stop\":[\"no such text\"]}",
            "{\"job_id\":\"4\",\"prompt\":\"\"}",
            "not JSON");

    private static final String MODEL = "stand-in";
    private static final List<String> COMPLETIONS = List.of(
            "{\"model\":\"stand-in\",\"prompt\":\"hello\",\"max_tokens\":48,\"stream\":true,"
                    + "\"stream_options\":{\"include_usage\":true}}",
            "{\"model\":\"stand-in\",\"prompt\":\"hello\",\"max_tokens\":48,\"temperature\":0}",
            "{\"model\":\"none\",\"prompt\":\"hello\"}");

    private final Thread thread;

    private Rehearsal(Log log) {
        this.thread = Thread.ofPlatform().name("rehearsal").daemon().start(() -> play(log));
    }

    static Rehearsal begin(Log log) {
        return new Rehearsal(log);
    }

    /** Waits until it is over. */
    void await() throws InterruptedException {
        thread.join(LIMIT);
    }

    /** A failure costs the first client some time and nobody anything else: it is told and the start goes on. */
    private static void play(Log log) {
        try {
            rehearse();
        } catch (IOException | InterruptedException | RuntimeException e) {
            log.line("rehearsal_failed", "error", e.getClass().getSimpleName());
        }
    }

    private static void rehearse() throws IOException, InterruptedException {
        StandIn standIn = new StandIn();
        Metrics metrics = new Metrics();
        Log silent = new Log(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), false);
        Scheduler scheduler = new Scheduler(standIn, standIn, LIMIT, 1, metrics, silent);
        ServerOptions options = new ServerOptions("127.0.0.1", 0, "", "", "", LIMIT);
        try (WorkerServer server =
                new WorkerServer(options, standIn, standIn, openAi(standIn), scheduler, metrics, silent, () -> {})) {
            scheduler.start();
            server.start();
            ask(server.port(), "GET /health", "");
            for (String body : BODIES) {
                ask(server.port(), "POST /execute", body);
            }
            for (String body : COMPLETIONS) {
                ask(server.port(), "POST /v1/completions", body);
            }
            ask(server.port(), "GET /v1/models", "");
            ask(server.port(), "POST /cancel", "{\"job_id\":\"1\"}");
            ask(server.port(), "GET /metrics", "");
        } finally {
            scheduler.drain(Duration.ZERO);
        }
    }

    /** Without a chat template: the real one is warmed up where it is loaded. */
    private static OpenAiDialect openAi(StandIn standIn) {
        InstantSource clock = InstantSource.system();
        return new OpenAiDialect(
                MODEL, standIn.facts(), standIn, ChatTemplate.of(Optional.empty(), "", "", clock), clock);
    }

    private static void ask(int port, String request, String body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            String head =
                    request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json"
                            + "\r\nContent-Length: " + bytes.length + "\r\n\r\n";
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }

    /** A model of 256 tokens, one a byte, that says letters. */
    private static final class StandIn implements Engine, Tokenizer {
        private static final int SIZE = 256;

        @Override
        public EngineFacts facts() {
            return EngineFacts.withoutGpu("stand-in", "", 0, SIZE, SIZE);
        }

        @Override
        public Sequence open(int capacity) {
            return new Letters();
        }

        @Override
        public void close() {}

        @Override
        public String kind() {
            return "bytes";
        }

        @Override
        public int vocabSize() {
            return SIZE;
        }

        @Override
        public int[] encode(String text, boolean parseSpecial) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return IntStream.range(0, bytes.length).map(i -> bytes[i] & 0xFF).toArray();
        }

        @Override
        public int[] encodePrompt(String text) {
            return encode(text, true);
        }

        @Override
        public String guard(String text) {
            return text;
        }

        @Override
        public int[] encodeChat(String rendered) {
            return encode(rendered, true);
        }

        @Override
        public byte[] bytes(int id) {
            return new byte[] {(byte) id};
        }

        @Override
        public boolean endsGeneration(int id) {
            return id == 0;
        }
    }

    private static final class Letters implements Sequence {
        private int position;

        @Override
        public int position() {
            return position;
        }

        @Override
        public void prefill(int[] tokens, int from, int to, float[] logits) {
            position = to;
            predict(logits);
        }

        @Override
        public void decode(int token, float[] logits) {
            position++;
            predict(logits);
        }

        @Override
        public int prefillGreedy(int[] tokens, int from, int to) {
            position = to;
            return 'a';
        }

        @Override
        public int decodeGreedy(int token) {
            position++;
            return 'a';
        }

        private void predict(float[] logits) {
            for (int i = 0; i < logits.length; i++) {
                logits[i] = i >= 'a' && i <= 'z' ? (position * 31 + i * 17) % 13 : -10;
            }
        }

        @Override
        public void close() {}
    }
}
