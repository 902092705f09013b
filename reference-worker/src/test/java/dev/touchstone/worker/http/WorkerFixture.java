package dev.touchstone.worker.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.worker.engine.ByteTokenizer;
import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.ScriptedEngine;
import dev.touchstone.worker.job.Scheduler;
import dev.touchstone.worker.model.chat.ChatTemplate;
import dev.touchstone.worker.model.tokenizer.Tokenizer;
import dev.touchstone.worker.openai.OpenAiDialect;
import dev.touchstone.worker.telemetry.Log;
import dev.touchstone.worker.telemetry.Metrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A real server on a free port, with an engine of the test's choice, and clients for it. */
final class WorkerFixture implements AutoCloseable {
    private static final String TEMPLATE =
            "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}[assistant]";
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Held here, for a logger that nobody holds forgets its level. */
    private static final List<Logger> QUIET = List.of(Logger.getLogger("io.undertow"), Logger.getLogger("org.xnio"));

    static {
        QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
    }

    final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    final CountDownLatch shutdown = new CountDownLatch(1);
    final Scheduler scheduler;
    final WorkerServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    WorkerFixture(ScriptedEngine engine) {
        this(engine, new ByteTokenizer(), "", 4, Duration.ofSeconds(10));
    }

    WorkerFixture(ScriptedEngine engine, Duration requestTime) {
        this(engine, new ByteTokenizer(), Optional.of(TEMPLATE), "", 4, Duration.ofSeconds(10), requestTime);
    }

    WorkerFixture(Engine engine, Tokenizer tokenizer, String token, int maxQueue, Duration writeTimeout) {
        this(engine, tokenizer, Optional.of(TEMPLATE), token, maxQueue, writeTimeout);
    }

    WorkerFixture(
            Engine engine,
            Tokenizer tokenizer,
            Optional<String> template,
            String token,
            int maxQueue,
            Duration writeTimeout) {
        this(engine, tokenizer, template, token, maxQueue, writeTimeout, Duration.ofSeconds(10));
    }

    private WorkerFixture(
            Engine engine,
            Tokenizer tokenizer,
            Optional<String> template,
            String token,
            int maxQueue,
            Duration writeTimeout,
            Duration requestTime) {
        Metrics metrics = new Metrics();
        Log log = new Log(new PrintStream(logged, true, UTF_8), false);
        scheduler = new Scheduler(engine, tokenizer, Duration.ofMinutes(1), maxQueue, metrics, log);
        server = new WorkerServer(
                new ServerOptions("127.0.0.1", 0, token, "id-1", "scripted", writeTimeout),
                engine,
                tokenizer,
                new OpenAiDialect(
                        "scripted",
                        engine.facts(),
                        tokenizer,
                        ChatTemplate.of(template, "<s>", "</s>", InstantSource.system()),
                        InstantSource.system()),
                scheduler,
                metrics,
                log,
                shutdown::countDown,
                requestTime);
        scheduler.start();
        server.start();
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }

    /** One event of a stream. */
    record Event(String name, JsonNode data) {}

    static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    HttpRequest postOf(String path, String body) {
        return request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(postOf(path, body));
    }

    CompletableFuture<HttpResponse<String>> postLater(String path, String body) {
        return client.sendAsync(postOf(path, body), HttpResponse.BodyHandlers.ofString());
    }

    static String execute(String id, String more) {
        return "{\"job_id\":\"" + id + "\",\"prompt\":\"hello\",\"temperature\":0" + more + "}";
    }

    static List<Event> events(String body) throws IOException {
        List<Event> events = new ArrayList<>();
        for (String frame : body.split("\n\n")) {
            if (frame.startsWith(":")) {
                continue;
            }
            String[] lines = frame.split("\n");
            events.add(new Event(lines[0].substring("event: ".length()), json(lines[1].substring("data: ".length()))));
        }
        return events;
    }

    static String text(List<Event> events) {
        StringBuilder text = new StringBuilder();
        events.stream()
                .filter(e -> e.name().equals("token"))
                .forEach(e -> text.append(e.data().path("t").textValue()));
        return text.toString();
    }

    Socket socket() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket.setSoTimeout(10_000);
        return socket;
    }

    static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(UTF_8));
        out.flush();
    }

    static String head(String path, String more) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + more + "\r\n";
    }

    static String whole(String path, String body) {
        return head(path, "Content-Length: " + body.getBytes(UTF_8).length + "\r\n") + body;
    }

    /** Reads up to and with the given text, or to the end of the input; comments alone do not keep it waiting for ever. */
    static String readThrough(Socket socket, String last) throws IOException {
        InputStream in = socket.getInputStream();
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            got.write(b);
            String text = b == last.charAt(last.length() - 1) ? got.toString(UTF_8) : "";
            if (text.endsWith(last)) {
                break;
            }
            if (System.nanoTime() > until) {
                throw new IOException("No '" + last + "' came in 30 s, but: " + got.toString(UTF_8));
            }
        }
        return got.toString(UTF_8);
    }
}
