package dev.touchstone.features.run;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A worker whose health is good and whose generations hang or kill it. */
final class TroubledWorker implements AutoCloseable {

    enum Trouble {
        NEVER_CLOSES,
        NEVER_ANSWERS,
        STALLS_AFTER_STARTED,
        /** A comment every few milliseconds, and nothing else. */
        DRIPS,
        /** Megabytes without a line end. */
        FLOODS,
        DIES_AT_THE_THIRD
    }

    private static final String HEALTH = """
            {"status":"healthy","worker_id":"w","model":"troubled","resident":false,"quant_kind":"F32",\
            "vram_bytes_used":0,"tokenizer_kind":"words","vocab_size":4096,"context_length":512,"uptime_seconds":1}\
            """;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Trouble trouble;
    private final AtomicInteger executions = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);

    TroubledWorker(Trouble trouble) throws IOException {
        this.trouble = trouble;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> json(exchange, 404, "{}"));
        server.createContext("/health", exchange -> json(exchange, 200, HEALTH));
        server.createContext("/execute", this::execute);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    int executions() {
        return executions.get();
    }

    private void execute(HttpExchange exchange) throws IOException {
        int number = executions.incrementAndGet();
        String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (trouble == Trouble.DIES_AT_THE_THIRD && number >= 3) {
            server.stop(0);
            return;
        }
        if (trouble == Trouble.NEVER_ANSWERS) {
            hang();
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        if (trouble == Trouble.DRIPS || trouble == Trouble.FLOODS) {
            goOn(out);
            return;
        }
        stream(out, request);
        if (trouble != Trouble.DIES_AT_THE_THIRD) {
            hang();
        }
        out.close();
    }

    /** Ends by an {@link IOException} when the client hangs up. */
    private void goOn(OutputStream out) throws IOException {
        byte[] flood = "x".repeat(64 * 1024).getBytes(StandardCharsets.UTF_8);
        try {
            while (!over.await(trouble == Trouble.DRIPS ? 5 : 0, TimeUnit.MILLISECONDS)) {
                out.write(trouble == Trouble.DRIPS ? new byte[] {':', '\n'} : flood);
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stream(OutputStream out, String request) throws IOException {
        event(
                out,
                "started",
                "{\"job_id\":\"%s\",\"model\":\"troubled\",\"started_at\":\"%s\",\"seed\":1}"
                        .formatted(find(request, "\"job_id\":\"([^\"]*)\""), Instant.now()));
        if (trouble == Trouble.STALLS_AFTER_STARTED) {
            return;
        }
        int tokens = Integer.parseInt(find(request, "\"max_tokens\":([0-9]+)"));
        for (int i = 0; i < tokens; i++) {
            event(out, "token", "{\"t\":\" a\",\"i\":" + i + "}");
        }
        event(
                out,
                "end",
                "{\"tokens_out\":%d,\"tokens_in\":1,\"decode_time_ms\":0.0,\"stop_reason\":\"max_tokens\"}"
                        .formatted(tokens));
    }

    private void hang() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String find(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? matcher.group(1) : "1";
    }

    private static void event(OutputStream out, String type, String data) throws IOException {
        out.write("event: %s\ndata: %s\n\n".formatted(type, data).getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void json(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
