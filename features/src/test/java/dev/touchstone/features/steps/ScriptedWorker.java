package dev.touchstone.features.steps;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.touchstone.harness.target.Capabilities;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A worker without a model that keeps the contract as far as the features ask: it repeats its prompt's words, or draws
 * words from the seed. A millisecond a token, and one for every eight tokens of prompt.
 */
final class ScriptedWorker implements AutoCloseable {
    private static final int CONTEXT = 512;
    static final Capabilities CAPABILITIES = new Capabilities(
            Optional.of("scripted"),
            OptionalLong.of(CONTEXT),
            OptionalLong.of(4096),
            Optional.of(false),
            Optional.of("F32"),
            "{}");
    private static final int LARGEST_BODY = 2 << 20;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final Map<String, List<String>> RANGES = Map.of(
            "max_tokens",
            List.of("1", "2048"),
            "temperature",
            List.of("0", "2"),
            "top_p",
            List.of("0", "1"),
            "min_p",
            List.of("0", "1"),
            "top_k",
            List.of("0", "4096"),
            "repetition_penalty",
            List.of("0", "2"),
            "seed",
            List.of("0", "18446744073709551615"));

    private final HttpServer server;
    private final Map<String, CountDownLatch> running = new ConcurrentHashMap<>();

    ScriptedWorker() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> error(exchange, 404, "INVALID_REQUEST", Optional.empty(), "There is no such route.", ""));
        server.createContext("/health", this::health);
        server.createContext("/execute", this::execute);
        server.createContext("/cancel", this::cancel);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private boolean allows(HttpExchange exchange, String method) throws IOException {
        if (exchange.getRequestMethod().equals(method)) {
            return true;
        }
        exchange.getResponseHeaders().set("Allow", method);
        error(exchange, 405, "INVALID_REQUEST", Optional.empty(), "Only " + method + " is allowed.", "");
        return false;
    }

    private void health(HttpExchange exchange) throws IOException {
        if (!allows(exchange, "GET")) {
            return;
        }
        send(
                exchange,
                200,
                "{\"status\":\"healthy\",\"worker_id\":\"w\",\"model\":\"scripted\",\"resident\":false,\"quant_kind\":\"F32\","
                        + "\"vram_bytes_used\":0,\"tokenizer_kind\":\"words\",\"vocab_size\":4096,\"context_length\":"
                        + CONTEXT
                        + ",\"uptime_seconds\":1}");
    }

    private void cancel(HttpExchange exchange) throws IOException {
        if (!allows(exchange, "POST")) {
            return;
        }
        String job = JSON.readTree(exchange.getRequestBody().readAllBytes())
                .path("job_id")
                .asText();
        Optional.ofNullable(running.get(job)).ifPresent(CountDownLatch::countDown);
        send(exchange, 202, "{}");
    }

    private void execute(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (!allows(exchange, "POST")) {
            return;
        }
        if (!"application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
            error(exchange, 415, "INVALID_REQUEST", Optional.empty(), "The body must be application/json.", "");
        } else if (body.length > LARGEST_BODY) {
            error(exchange, 413, "INVALID_REQUEST", Optional.empty(), "The body is over the limit.", "");
        } else {
            execute(exchange, utf8(body));
        }
    }

    /** The text, or none where the bytes are not UTF-8. */
    private static String utf8(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return "";
        }
    }

    private void execute(HttpExchange exchange, String body) throws IOException {
        JsonNode request;
        try {
            request = JSON.readTree(body);
        } catch (JsonProcessingException notJson) {
            error(exchange, 400, "INVALID_REQUEST", Optional.of("body"), "body must be JSON.", "");
            return;
        }
        if (!(request != null && request.isObject())) {
            error(exchange, 400, "INVALID_REQUEST", Optional.of("body"), "body must be a JSON object.", "");
            return;
        }
        Optional<String> wrong = wrong(request);
        if (wrong.isPresent()) {
            String range = String.join(" and ", RANGES.getOrDefault(wrong.get(), List.of("1", "4")));
            error(exchange, 400, "INVALID_REQUEST", wrong, wrong.get() + " must be between " + range + ".", "");
            return;
        }
        List<String> words = List.of(request.get("prompt").textValue().split("(?=[\\s春夏秋冬<|>/_])", -1));
        int max = request.path("max_tokens").asInt(16);
        if (words.size() + max > CONTEXT) {
            error(
                    exchange,
                    400,
                    "CONTEXT_LENGTH_EXCEEDED",
                    Optional.of("prompt"),
                    "prompt is too long.",
                    ",\"prompt_tokens\":%d,\"max_tokens\":%d,\"context_length\":%d"
                            .formatted(words.size(), max, CONTEXT));
            return;
        }
        stream(exchange, request, words, max);
    }

    private void stream(HttpExchange exchange, JsonNode request, List<String> words, int max) throws IOException {
        String job = request.get("job_id").textValue();
        BigInteger seed = request.has("seed")
                ? request.get("seed").bigIntegerValue()
                : BigInteger.valueOf(new Random().nextInt(1 << 30));
        var random = new Random(seed.longValue());
        boolean drawn = request.path("temperature").asDouble(1) > 0;
        var cancelled = new CountDownLatch(1);
        running.put(job, cancelled);
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            event(
                    out,
                    "started",
                    "{\"job_id\":\"%s\",\"model\":\"scripted\",\"started_at\":\"%s\",\"seed\":%s}"
                            .formatted(job, Instant.now(), seed));
            cancelled.await(words.size() / 8, TimeUnit.MILLISECONDS);
            boolean ends = words.getFirst().startsWith("Question");
            for (int i = 0; i < (ends ? Math.min(3, max) : max); i++) {
                if (cancelled.await(1, TimeUnit.MILLISECONDS)) {
                    event(
                            out,
                            "error",
                            "{\"code\":\"CANCELLED\",\"message\":\"The job was cancelled.\",\"retriable\":true}");
                    return;
                }
                String word = drawn ? " " + random.nextInt(1000) : words.get(i % words.size());
                event(
                        out,
                        "token",
                        JSON.createObjectNode().put("t", word).put("i", i).toString());
            }
            event(
                    out,
                    "end",
                    "{\"tokens_out\":%d,\"tokens_in\":%d,\"decode_time_ms\":0.1,\"stop_reason\":\"%s\"}"
                            .formatted(
                                    ends ? Math.min(3, max) : max,
                                    words.size(),
                                    ends && max > 3 ? "eos" : "max_tokens"));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            running.remove(job);
        }
    }

    private static Optional<String> wrong(JsonNode request) {
        for (String name : List.of("job_id", "prompt")) {
            if (!request.path(name).isTextual() || request.get(name).textValue().isEmpty()) {
                return Optional.of(name);
            }
        }
        for (String name : RANGES.keySet()) {
            boolean whole = List.of("max_tokens", "top_k", "seed").contains(name);
            if (request.has(name) && !within(request.get(name), whole, RANGES.get(name))) {
                return Optional.of(name);
            }
        }
        if (!request.get("job_id").textValue().matches("[!-~]{1,128}")) {
            return Optional.of("job_id");
        }
        if (request.path("repetition_penalty").asDouble(1) <= 0) {
            return Optional.of("repetition_penalty");
        }
        JsonNode stop = request.path("stop");
        boolean texts = stop.isMissingNode()
                || (stop.isArray()
                        && stop.size() <= 4
                        && stop.valueStream()
                                .allMatch(s -> s.isTextual() && s.textValue().matches("(?s).{1,256}")));
        return texts ? Optional.empty() : Optional.of("stop");
    }

    private static boolean within(JsonNode value, boolean whole, List<String> range) {
        return value.isNumber()
                && (!whole || value.isIntegralNumber())
                && value.decimalValue().compareTo(new BigDecimal(range.getFirst())) >= 0
                && value.decimalValue().compareTo(new BigDecimal(range.getLast())) <= 0;
    }

    private static void event(OutputStream out, String type, String data) throws IOException {
        out.write("event: %s\ndata: %s\n\n".formatted(type, data).getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void error(
            HttpExchange exchange, int status, String code, Optional<String> field, String message, String more)
            throws IOException {
        String blame = field.map(name -> ",\"field\":\"" + name + "\"").orElse("");
        send(
                exchange,
                status,
                "{\"code\":\"%s\",\"message\":\"%s\",\"retriable\":false%s%s}".formatted(code, message, blame, more));
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }
}
