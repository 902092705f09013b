package dev.touchstone.ci;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A worker that does one thing wrong: it sends its {@code end} event twice. Otherwise it streams properly, so that the kit
 * has nothing else to say about event order. {@code main} runs it on a given port for a look by hand.
 */
final class TwoEndsWorker implements AutoCloseable {

    private static final Pattern JOB = Pattern.compile("\"job_id\"\\s*:\\s*\"([^\"]+)\"");
    private final HttpServer server;

    TwoEndsWorker(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/health", call -> answer(call, "application/json", HEALTH));
        server.createContext("/execute", call -> {
            Matcher job = JOB.matcher(new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            answer(call, "text/event-stream", STREAM.formatted(job.find() ? job.group(1) : "", Instant.now()));
        });
        server.start();
    }

    private static void answer(HttpExchange call, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        call.getResponseHeaders().add("Content-Type", type);
        call.getResponseHeaders().add("Cache-Control", "no-store");
        call.sendResponseHeaders(200, bytes.length);
        call.getResponseBody().write(bytes);
        call.close();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static final String HEALTH = """
            {"status":"healthy","worker_id":"5f0c7a7e-8f0b-4d3e-9f39-0e6d0f6b2f11","model":"two-ends","resident":false,\
            "quant_kind":"F32","vram_bytes_used":0,"tokenizer_kind":"none","vocab_size":2,"context_length":2048,\
            "uptime_seconds":1}""";

    private static final String STREAM = """
            event: started
            data: {"job_id":"%s","model":"two-ends","started_at":"%s","seed":1}

            event: token
            data: {"t":"hi","i":0}

            event: end
            data: {"tokens_out":1,"tokens_in":1,"decode_time_ms":0.0,"stop_reason":"eos"}

            event: end
            data: {"tokens_out":1,"tokens_in":1,"decode_time_ms":0.0,"stop_reason":"eos"}

            """;

    public static void main(String[] arguments) throws IOException {
        System.out.println(new TwoEndsWorker(Integer.parseInt(arguments[0])).url());
    }
}
