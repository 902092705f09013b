package dev.touchstone.worker.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Notices that a client goes away while its answer is being made, although nothing is being written: reads past the
 * request, whose end of input means that the client has gone. Bytes of a next, pipelined request go back to the
 * connection, and the watch ends there. Lives on the I/O thread.
 */
final class ClientWatch {
    private final HttpServerExchange exchange;
    private final Runnable onGone;
    private boolean stopped;

    ClientWatch(HttpServerExchange exchange, Runnable onGone) {
        this.exchange = exchange;
        this.onGone = onGone;
    }

    void start() {
        if (!(exchange.getConnection() instanceof HttpServerConnection connection)
                || connection.getExtraBytes() != null) {
            return;
        }
        StreamSourceConduit raw = connection.getOriginalSourceConduit();
        ConduitStreamSourceChannel source = connection.getChannel().getSourceChannel();
        source.setConduit(raw);
        source.setReadListener(c -> readPast(connection, raw));
        source.resumeReads();
    }

    void stop() {
        stopped = true;
    }

    private void readPast(HttpServerConnection connection, StreamSourceConduit raw) {
        if (stopped) {
            raw.suspendReads();
            return;
        }
        var pooled = connection.getByteBufferPool().allocate();
        boolean kept = false;
        try {
            int read = raw.read(pooled.getBuffer());
            if (read < 0) {
                onGone.run();
            } else if (read > 0) {
                raw.suspendReads();
                pooled.getBuffer().flip();
                connection.ungetRequestBytes(pooled);
                kept = true;
            }
        } catch (IOException e) {
            // A connection that was reset has no client any more either.
            onGone.run();
        } finally {
            if (!kept) {
                pooled.close();
            }
        }
    }
}
