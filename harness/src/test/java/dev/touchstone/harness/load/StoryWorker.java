package dev.touchstone.harness.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A worker of the native dialect that counts a character as a token and tells one story of a fixed length. */
final class StoryWorker implements AutoCloseable {
    private static final int CONTEXT = 4_096;
    private static final Pattern MAX_TOKENS = Pattern.compile("\"max_tokens\":(\\d+)");
    private static final Pattern PROMPT = Pattern.compile("\"prompt\":\"(.*?)\",\"");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final int longest;
    private final int healthStatus;
    final Queue<String> prompts = new ConcurrentLinkedQueue<>();

    /** @param longest tokens after which the model ends every text */
    StoryWorker(int longest, int healthStatus) throws IOException {
        this.longest = longest;
        this.healthStatus = healthStatus;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/health", exchange -> answer(exchange, healthStatus, "application/json", "{}"));
        server.createContext("/execute", this::execute);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void execute(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        int asked = Integer.parseInt(group(MAX_TOKENS, body));
        String prompt = group(PROMPT, body);
        int in = Math.max(1, prompt.length());
        if (in + asked > CONTEXT) {
            answer(
                    exchange,
                    400,
                    "application/json",
                    "{\"code\":\"CONTEXT_LENGTH_EXCEEDED\",\"prompt_tokens\":%d}".formatted(in));
            return;
        }
        prompts.add(prompt);
        answer(exchange, 200, "text/event-stream", story(in, Math.min(asked, longest), asked));
    }

    private static String story(int in, int out, int asked) {
        StringBuilder story = new StringBuilder("event: started\ndata: {\"job_id\":\"j\",\"seed\":1}\n\n");
        for (int i = 0; i < out; i++) {
            story.append("event: token\ndata: {\"t\":\" w\",\"i\":%d}\n\n".formatted(i));
        }
        return story.append("""
                        event: metrics
                        data: {"tokens_in":%d,"time_to_first_token_ms":2.0,"tokens_per_second":500.0}

                        event: end
                        data: {"tokens_out":%d,"tokens_in":%d,"decode_time_ms":1.0,"stop_reason":"%s"}

                        """.formatted(in, out, in, out < asked ? "eos" : "max_tokens"))
                .toString();
    }

    private static String group(Pattern pattern, String body) {
        Matcher matcher = pattern.matcher(body);
        return matcher.find() ? String.valueOf(matcher.group(1)) : "";
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
