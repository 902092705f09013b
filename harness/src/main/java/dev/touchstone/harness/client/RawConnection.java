package dev.touchstone.harness.client;

import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A connection in the hands of a client that behaves badly: it sends bit by bit, stops reading, resets, or goes away
 * after a half-close. What goes wrong on the network is recorded as the exchange's end and never thrown. Thread-safe.
 */
public final class RawConnection implements AutoCloseable {
    /** What becomes of the worker's bytes. */
    public enum Reading {
        /** One answer is read to its end, as an HTTP client does. */
        ONE_ANSWER,
        /** The body is everything after the first head, until the worker closes: chunk sizes and further answers, too. */
        EVERYTHING,
        /** As little as the system allows is taken in until {@link #resume()}; then as {@link #EVERYTHING}. */
        NOTHING
    }

    /** The system makes of it the least that it allows. */
    private static final int SMALL_BUFFER = 1024;

    private final Recording recording;
    private final Target target;
    private final Reading reading;
    private final Socket plain = new RecordingSockets().createSocket();
    private final CountDownLatch sent = new CountDownLatch(1);
    private final CountDownLatch mayRead;
    private volatile Socket socket = plain;

    RawConnection(Recording recording, Target target, Reading reading) {
        this.recording = recording;
        this.target = target;
        this.reading = reading;
        this.mayRead = new CountDownLatch(reading == Reading.NOTHING ? 1 : 0);
        recording.hangUpBy(this::hangUp);
    }

    void begin(byte[] request, Clock clock, LongSupplier nanoTime) {
        Thread.ofPlatform()
                .daemon()
                .name("touchstone-connection-" + recording.soFar().label())
                .start(() -> ScopedValue.where(SocketReads.CURRENT, new SocketReads(nanoTime))
                        .run(() -> exchange(request, clock)));
    }

    private void exchange(byte[] request, Clock clock) {
        try (plain) {
            if (reading == Reading.NOTHING) {
                plain.setReceiveBufferSize(SMALL_BUFFER);
            }
            plain.connect(new InetSocketAddress(target.host(), target.port()), (int)
                    Math.min(Integer.MAX_VALUE, target.budgets().connect().toMillis()));
            plain.setTcpNoDelay(true);
            socket = target.isTls() ? RawCall.secured(plain, target) : plain;
            recording.sending(RawCall.stamped(recording.soFar().request(), clock));
            // Asked for once: after a half-close by another thread the socket gives out no stream any more.
            OutputStream out = socket.getOutputStream();
            out.write(request);
            out.flush();
            sent.countDown();
            mayRead.await();
            var response = new RawResponse(socket.getInputStream(), recording);
            if (reading == Reading.ONE_ANSWER) {
                response.record();
            } else {
                response.recordEverything();
            }
        } catch (IOException e) {
            recording.cut(NetworkReason.of(e, recording.hasHead()));
        } catch (InterruptedException stopped) {
            recording.cut("the kit was interrupted");
            Thread.currentThread().interrupt();
        } finally {
            sent.countDown();
        }
    }

    /** Sends more bytes; blocks while the worker takes none. Returns false once the connection is broken. */
    public boolean send(byte[] bytes) throws InterruptedException {
        if (!awaitSent(target.budgets().connect())) {
            return false;
        }
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return true;
        } catch (IOException broken) {
            return false;
        }
    }

    /** Waits until the first bytes are on their way, or cannot be. Returns whether that came in time. */
    public boolean awaitSent(Duration limit) throws InterruptedException {
        return sent.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Begins to read, where that was held back. */
    public void resume() {
        mayRead.countDown();
    }

    /** The answer as it arrives. Closing it hangs up. */
    public StreamingCall answer() {
        return recording;
    }

    /** Whether the worker has closed or broken the connection, or its one answer is whole. */
    public boolean hasEnded() {
        return recording.hasEnded();
    }

    /** Tells the worker by FIN that no more will come; reading goes on. */
    public void sendNoMore() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            recording.cut(NetworkReason.of(e, recording.hasHead()));
        }
    }

    /** Goes away by RST, as a process does that is killed with data unread, or a machine that restarts. */
    public void reset() {
        try {
            plain.setSoLinger(true, 0);
        } catch (IOException e) {
            recording.cut(NetworkReason.of(e, recording.hasHead()));
        }
        recording.abandon();
    }

    /** Waits for the end, at most {@code limit}, then goes away. */
    public Exchange awaitEnd(Duration limit) throws InterruptedException {
        return recording.awaitEnd(limit);
    }

    private void hangUp() {
        mayRead.countDown();
        try {
            plain.close();
        } catch (IOException e) {
            recording.cut(NetworkReason.of(e, recording.hasHead()));
        }
    }

    /** Goes away; by FIN unless bytes of the worker are unread. */
    @Override
    public void close() {
        recording.abandon();
    }
}
