package dev.touchstone.worker.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Ends a connection whose client may still be sending. The write side is closed at once and what still arrives is thrown
 * away for a moment, because closing on unread bytes would reset the connection and could destroy the answer on its way
 * (RFC 9112, section 9.6). Lives on the I/O thread of the connection.
 */
final class Linger {
    private static final long SECONDS = 1;
    private static final long MOST_DISCARDED = 8L << 20;

    private final StreamConnection connection;
    private final StreamSourceConduit source;
    private final StreamSinkConduit sink;
    private final ByteBuffer scratch = ByteBuffer.allocate(16 * 1024);
    private long discarded;

    /**
     * @param source the connection's bytes as they come, below all of Undertow's conduits
     * @param sink the same on the way out
     */
    Linger(StreamConnection connection, StreamSourceConduit source, StreamSinkConduit sink) {
        this.connection = connection;
        this.source = source;
        this.sink = sink;
    }

    /** Writes a last answer past Undertow, then ends the connection. */
    void answer(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                if (sink.write(bytes) == 0) {
                    // An empty socket takes a few hundred bytes; one that does not has a client that does not read.
                    close();
                    return;
                }
            }
            end();
        } catch (IOException | RejectedExecutionException e) {
            // The client has gone, or the server is closing and takes no timers: there is nobody left to tell.
            close();
        }
    }

    /** Ends the connection after the last byte has been written. */
    void end() throws IOException {
        connection.getSinkChannel().setConduit(sink);
        connection.getSinkChannel().shutdownWrites();
        connection.getSinkChannel().flush();
        connection.getSourceChannel().setConduit(source);
        connection.getSourceChannel().setReadListener(c -> discard());
        connection.getSourceChannel().resumeReads();
        connection.getIoThread().executeAfter(this::close, SECONDS, TimeUnit.SECONDS);
    }

    private void discard() {
        try {
            int read;
            do {
                scratch.clear();
                read = source.read(scratch);
                discarded += Math.max(0, read);
            } while (read > 0 && discarded < MOST_DISCARDED);
            if (read < 0 || discarded >= MOST_DISCARDED) {
                close();
            }
        } catch (IOException e) {
            close();
        }
    }

    private void close() {
        IoUtils.safeClose(connection);
    }
}
