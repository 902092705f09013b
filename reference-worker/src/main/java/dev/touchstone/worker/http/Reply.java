package dev.touchstone.worker.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends JSON answers. An answer that comes before a large or unbounded body has been read ends the connection: the
 * answer goes out at once and the rest is left to {@link Linger}.
 */
final class Reply {
    /** A rest of this size is read and the connection kept. */
    private static final long SMALL_REST = 64 * 1024;

    private final HttpServerExchange exchange;

    private Reply(HttpServerExchange exchange) {
        this.exchange = exchange;
    }

    static void json(HttpServerExchange exchange, int status, String body) {
        send(exchange, status, "application/json", body);
    }

    static void send(HttpServerExchange exchange, int status, String type, String body) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type);
        if (exchange.isRequestComplete() || (smallRest(exchange) && exchange.isPersistent())) {
            exchange.getResponseSender().send(body, StandardCharsets.UTF_8);
        } else {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.setPersistent(false);
            exchange.setResponseContentLength(bytes.length);
            exchange.dispatch(SameThreadExecutor.INSTANCE, () -> new Reply(exchange).sendAndLinger(bytes));
        }
    }

    /** A client that waits for "100 Continue" may send its body or the next request: nobody can tell which. */
    private static boolean smallRest(HttpServerExchange exchange) {
        long length = exchange.getRequestContentLength();
        return length >= 0
                && length <= SMALL_REST
                && !exchange.getRequestHeaders().contains(Headers.EXPECT);
    }

    private void sendAndLinger(byte[] bytes) {
        try {
            StreamSinkChannel sink = exchange.getResponseChannel();
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                if (sink.write(buffer) == 0) {
                    // An empty socket takes a few hundred bytes; one that does not has a client that does not read.
                    close();
                    return;
                }
            }
            sink.shutdownWrites();
            sink.flush();
            linger();
        } catch (IOException | RejectedExecutionException e) {
            // The client has gone, or the server is closing and takes no timers: there is nobody left to tell.
            close();
        }
    }

    private void linger() throws IOException {
        if (exchange.getConnection() instanceof HttpServerConnection connection) {
            new Linger(
                            connection.getChannel(),
                            connection.getOriginalSourceConduit(),
                            connection.getOriginalSinkConduit())
                    .end();
        } else {
            close();
        }
    }

    private void close() {
        IoUtils.safeClose(exchange.getConnection());
    }
}
