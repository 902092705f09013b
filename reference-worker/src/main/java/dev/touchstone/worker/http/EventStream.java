package dev.touchstone.worker.http;

import dev.touchstone.worker.job.Job;
import dev.touchstone.worker.job.JobEvent;
import dev.touchstone.worker.job.Scheduler;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends one job's events. Lives on the I/O thread of its connection and never blocks it: it writes what the socket takes
 * and waits for the rest to be writable. The engine only appends to the job's log and wakes this stream.
 *
 * <p>While it streams it also listens for the end of the client's input, so that a client that goes away is noticed
 * although nothing is being written.
 */
final class EventStream {
    private static final long COMMENT_SECONDS = 5;
    private static final int BATCH = 8192;

    private final HttpServerExchange exchange;
    private final Job job;
    private final Scheduler scheduler;
    private final FrameWriter writer;
    private final Duration writeTimeout;
    private final Runnable onClosed;
    private final StreamSinkChannel sink;
    private final ClientWatch watch;
    private final StringBuilder text = new StringBuilder(512);
    private ByteBuffer pending = ByteBuffer.allocate(0);
    private int sent;
    private boolean ending;
    private boolean closed;
    private boolean stalled;
    private long lastProgress = System.nanoTime();
    private XnioExecutor.Key tick = () -> false;

    EventStream(
            HttpServerExchange exchange,
            Job job,
            Scheduler scheduler,
            FrameWriter writer,
            Duration writeTimeout,
            Runnable onClosed) {
        this.exchange = exchange;
        this.job = job;
        this.scheduler = scheduler;
        this.writer = writer;
        this.writeTimeout = writeTimeout;
        this.onClosed = onClosed;
        this.sink = exchange.getResponseChannel();
        this.watch = new ClientWatch(exchange, this::cut);
    }

    /** Sends the head and begins to follow the log. Called on the I/O thread. */
    void start() {
        exchange.getConnection().addCloseListener(c -> close());
        watch.start();
        sink.getWriteSetter().set(c -> pump());
        job.log().onWritten(() -> exchange.getIoThread().execute(this::pump));
        scheduleTick();
        pump();
    }

    private void scheduleTick() {
        long millis = Math.min(TimeUnit.SECONDS.toMillis(COMMENT_SECONDS), Math.max(20, writeTimeout.toMillis() / 4));
        tick = exchange.getIoThread().executeAfter(this::tick, millis, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        if (closed) {
            return;
        }
        long quiet = System.nanoTime() - lastProgress;
        if (stalled && quiet > writeTimeout.toNanos()) {
            cut();
            return;
        }
        if (!stalled && quiet > TimeUnit.SECONDS.toNanos(COMMENT_SECONDS)) {
            pending = ByteBuffer.wrap(": waiting\n\n".getBytes(StandardCharsets.US_ASCII));
            pump();
        }
        scheduleTick();
    }

    private void pump() {
        if (closed) {
            return;
        }
        try {
            job.log().looking();
            while (pending.hasRemaining() || fill()) {
                if (sink.write(pending) == 0) {
                    waitForSocket();
                    return;
                }
                lastProgress = System.nanoTime();
            }
            if (ending) {
                sink.shutdownWrites();
            }
            if (!sink.flush()) {
                waitForSocket();
                return;
            }
            stalled = false;
            if (ending) {
                close();
            } else {
                sink.suspendWrites();
            }
        } catch (IOException e) {
            cut();
        }
    }

    private void waitForSocket() {
        if (!stalled) {
            stalled = true;
            lastProgress = System.nanoTime();
        }
        sink.resumeWrites();
    }

    /** Formats what has been appended since the last look; several events share a write only when they all wait. */
    private boolean fill() {
        int written = job.log().written();
        text.setLength(0);
        while (sent < written && text.length() < BATCH) {
            JobEvent event = job.log().get(sent++);
            writer.write(event, text);
            ending |= event.terminal();
        }
        pending = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
        return pending.hasRemaining();
    }

    private void cut() {
        close();
        IoUtils.safeClose(exchange.getConnection());
    }

    /** The stream is over, one way or the other; a job that still runs has lost its client. */
    private void close() {
        if (!closed) {
            closed = true;
            watch.stop();
            tick.remove();
            if (!ending) {
                scheduler.cancel(job, "The client went away.");
            }
            onClosed.run();
        }
    }
}
