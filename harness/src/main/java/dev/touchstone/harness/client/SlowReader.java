package dev.touchstone.harness.client;

import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.Redaction;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.transcript.Transcript;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;

/**
 * Sends requests over connections of their own and takes the answers slowly. Where the reader pauses, there is little
 * room for what was not read yet, so that a worker feels it. What goes wrong on the network is recorded as the exchange's end and never
 * thrown. Thread-safe.
 */
public final class SlowReader {
    /** The least that systems grant; they double it or raise it to their own least. */
    private static final int RECEIVE_BUFFER = 1024;

    private final Target target;
    private final Transcript transcript;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Redaction redaction;

    /** A reader with the system's clocks. */
    public SlowReader(Target target, Transcript transcript) {
        this.target = target;
        this.transcript = transcript;
        this.clock = Clock.systemUTC();
        this.nanoTime = System::nanoTime;
        this.redaction = new Redaction(target.token());
    }

    /** Sends the call and reads its answer at that pace to the end, at most {@code limit}. */
    public Exchange send(Call call, ReadingPace pace, Duration limit) throws InterruptedException {
        List<Map.Entry<String, String>> headers = headers(call);
        var recording = new Recording(
                transcript.nextNumber(),
                call.label(),
                new RequestRecord(
                        call.method(),
                        redaction.text(target.url(call.path())),
                        redaction.sent(headers),
                        call.body(),
                        clock.instant()),
                OkHttpWorkerClient.DEFAULT_BODY_LIMIT,
                transcript.room(),
                target.budgets().close(),
                nanoTime,
                ended -> transcript.add(ended.soFar()));
        byte[] request = new RawCall(target, transcript)
                .request(
                        call.method(),
                        call.path(),
                        headers.stream()
                                .map(h -> h.getKey() + ": " + h.getValue())
                                .toList(),
                        call.body());
        Thread.ofPlatform()
                .daemon()
                .name("touchstone-slow-reader-" + call.label())
                .start(() -> ScopedValue.where(SocketReads.CURRENT, new SocketReads(nanoTime))
                        .run(() -> exchange(request, pace, recording)));
        try (recording) {
            return recording.awaitEnd(limit);
        }
    }

    private void exchange(byte[] request, ReadingPace pace, Recording recording) {
        var hungUp = new CountDownLatch(1);
        try (Socket plain = new Socket()) {
            recording.hangUpBy(() -> {
                hungUp.countDown();
                RawCall.hangUp(plain, recording);
            });
            if (pace.pauses() > 0) {
                plain.setReceiveBufferSize(RECEIVE_BUFFER);
            }
            plain.connect(new InetSocketAddress(target.host(), target.port()), (int)
                    Math.min(Integer.MAX_VALUE, target.budgets().connect().toMillis()));
            Socket socket = target.isTls() ? RawCall.secured(plain, target) : plain;
            recording.sending(recording.soFar().request());
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
            new RawResponse(new PacedInputStream(socket.getInputStream(), pace, hungUp), recording).record();
        } catch (IOException e) {
            recording.cut(NetworkReason.of(e, recording.hasHead()));
        } finally {
            recording.cut(Recording.NO_END);
        }
    }

    private static List<Map.Entry<String, String>> headers(Call call) {
        List<Map.Entry<String, String>> headers = new ArrayList<>(call.headers().entrySet());
        headers.add(Map.entry("Content-Length", Integer.toString(call.body().length)));
        headers.add(Map.entry("Accept-Encoding", "identity"));
        headers.add(Map.entry("User-Agent", "touchstone"));
        headers.add(Map.entry("Connection", "close"));
        return headers;
    }
}
