package dev.touchstone.worker.fault;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A listener that says healthy while there is no model: everything else it answers with 503. */
public final class EarlyListener {

    private static final byte[] HEALTHY =
            "{\"status\":\"healthy\",\"resident\":false}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] LOADING =
            "{\"code\":\"BUSY\",\"message\":\"The model is being loaded.\",\"retriable\":true}"
                    .getBytes(StandardCharsets.UTF_8);

    private final HttpServer server;

    private EarlyListener(HttpServer server) {
        this.server = server;
    }

    /** Listens. */
    public static EarlyListener open(String host, int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 16);
        server.createContext("/", exchange -> {
            boolean health = exchange.getRequestURI().getPath().equals("/health");
            byte[] body = health ? HEALTHY : LOADING;
            if (health) {
                Fired.now();
            }
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(health ? 200 : 503, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return new EarlyListener(server);
    }

    /** Leaves the port to the worker. */
    public void close() {
        server.stop(0);
    }
}
