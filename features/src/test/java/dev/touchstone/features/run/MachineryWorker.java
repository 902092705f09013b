package dev.touchstone.features.run;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A worker for the scenarios under {@code machinery}: a route for each way in which one can end. */
final class MachineryWorker implements AutoCloseable {

    static final ScenarioSource SUITE =
            new ScenarioSource("machinery", "dev.touchstone.features.steps,dev.touchstone.features.run.selftest");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CyclicBarrier three = new CyclicBarrier(3);
    private final AtomicInteger flips = new AtomicInteger();
    private final List<String> paths = new CopyOnWriteArrayList<>();

    MachineryWorker() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        paths.add(path);
        String secret = "" + exchange.getRequestHeaders().getFirst("Authorization");
        switch (path) {
            case "/health" -> send(exchange, 200, "{\"status\":\"healthy\",\"model\":\"fake\",\"resident\":false}");
            case "/plain" -> send(exchange, 200, "{}");
            case "/meet" -> send(exchange, met() ? 200 : 503, "{}");
            case "/flip" -> send(exchange, flips.incrementAndGet() % 2 == 1 ? 200 : 500, "{}");
            case "/long" -> send(exchange, 200, "long ".repeat(200_000));
            case "/secret" -> send(exchange, 200, secret);
            case "/broken" -> send(exchange, 418, "seen: " + secret);
            default -> send(exchange, 404, "{}");
        }
    }

    private boolean met() {
        try {
            three.await(15, TimeUnit.SECONDS);
            return true;
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            return false;
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.getResponseHeaders().add("Set-Cookie", "session=" + text.length());
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Paths in the order in which they were asked for. */
    List<String> paths() {
        return List.copyOf(paths);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
