package dev.touchstone.harness.client;

import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.Redaction;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.transcript.Transcript;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Sends bytes as they are over a connection of their own, for requests that an HTTP client refuses to form: wrong
 * lengths, truncated bodies, invalid headers. What goes wrong on the network is recorded as the exchange's end and
 * never thrown. Thread-safe.
 */
public final class RawCall {

    /** What the client does once it has sent its bytes. */
    public enum After {
        /** Leaves the connection open and waits for an answer. */
        WAIT,
        /** Tells the worker that no more bytes will come, and waits for an answer. */
        SEND_NO_MORE
    }

    private final Target target;
    private final Transcript transcript;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Redaction redaction;
    private final Trust trust;

    /** Calls with the system's clocks. */
    public RawCall(Target target, Transcript transcript) {
        this(target, transcript, Clock.systemUTC(), System::nanoTime);
    }

    /** @param nanoTime arrival times; monotonic nanoseconds */
    public RawCall(Target target, Transcript transcript, Clock clock, LongSupplier nanoTime) {
        this(target, transcript, clock, nanoTime, Trust.ofTheSystem());
    }

    RawCall(Target target, Transcript transcript, Clock clock, LongSupplier nanoTime, Trust trust) {
        this.target = target;
        this.transcript = transcript;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.redaction = new Redaction(target.token());
        this.trust = trust;
    }

    /**
     * The bytes of a request with these header lines and body, {@code Host} and the target's token first; a length is
     * only sent where a line gives it.
     */
    public byte[] bytes(String method, String path, List<String> headerLines, byte[] body) {
        var head = new StringBuilder(method + " " + target.baseUrl().getRawPath() + path + " HTTP/1.1\r\n");
        head.append("Host: ").append(target.baseUrl().getRawAuthority()).append("\r\n");
        target.token().ifPresent(_ -> head.append("Authorization: Bearer " + Redaction.MARK + "\r\n"));
        headerLines.forEach(line -> head.append(line).append("\r\n"));
        return joined(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8), body);
    }

    /** The bytes of a call as a client sends it, with its length. */
    public byte[] bytes(Call call) {
        List<String> lines = new ArrayList<>();
        call.headers().forEach((name, value) -> lines.add(name + ": " + value));
        lines.add("Content-Length: " + call.body().length);
        return bytes(call.method(), call.path(), lines, call.body());
    }

    /**
     * Sends the bytes over a connection that the caller goes on to use or misuse. Where they say {@link Redaction#MARK},
     * the target's token is sent. The record's method is {@link RequestRecord#RAW}.
     */
    public RawConnection open(String label, byte[] request, RawConnection.Reading reading) {
        var connection = new RawConnection(recording(label, request), target, reading);
        connection.begin(withToken(request), clock, nanoTime);
        return connection;
    }

    /**
     * Sends the bytes and waits for the end of the answer, at most {@code limit}. Where they say
     * {@link Redaction#MARK}, the target's token is sent. The record's method is {@link RequestRecord#RAW}.
     */
    public Exchange send(String label, byte[] request, After after, Duration limit) throws InterruptedException {
        Recording recording = recording(label, request);
        Thread.ofPlatform()
                .daemon()
                .name("touchstone-raw-" + label)
                .start(() -> ScopedValue.where(SocketReads.CURRENT, new SocketReads(nanoTime))
                        .run(() -> exchange(withToken(request), after, recording)));
        try (recording) {
            return recording.awaitEnd(limit);
        }
    }

    private Recording recording(String label, byte[] request) {
        return new Recording(
                transcript.nextNumber(),
                label,
                new RequestRecord(
                        RequestRecord.RAW, redaction.text(target.url("")), List.of(), request.clone(), clock.instant()),
                OkHttpWorkerClient.DEFAULT_BODY_LIMIT,
                transcript.room(),
                target.budgets().close(),
                nanoTime,
                ended -> transcript.add(ended.soFar()));
    }

    private void exchange(byte[] request, After after, Recording recording) {
        try (Socket plain = new RecordingSockets().createSocket()) {
            recording.hangUpBy(() -> hangUp(plain, recording));
            plain.connect(new InetSocketAddress(target.host(), target.port()), connectMillis(target));
            Socket socket = target.isTls() ? secured(plain, target, trust) : plain;
            recording.sending(stamped(recording.soFar().request(), clock));
            Optional<IOException> unsent = write(socket, request, after);
            try {
                new RawResponse(socket.getInputStream(), recording).record();
            } catch (IOException e) {
                recording.cut(NetworkReason.of(unsent.orElse(e), recording.hasHead()));
            }
        } catch (SocketTimeoutException e) {
            recording.cut(NetworkReason.isConnecting(e) ? NetworkReason.of(e, false) : BodyEnd.Cut.NO_CONNECTION);
        } catch (IOException e) {
            recording.cut(NetworkReason.of(e, recording.hasHead()));
        } finally {
            recording.cut(Recording.NO_END);
        }
    }

    /** A worker may refuse before it has read all; what it says then counts more than that it no longer listens. */
    private static Optional<IOException> write(Socket socket, byte[] request, After after) {
        try {
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
            if (after == After.SEND_NO_MORE) {
                socket.shutdownOutput();
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    static Socket secured(Socket plain, Target target) throws IOException {
        return secured(plain, target, Trust.ofTheSystem());
    }

    /** Lays TLS over the connection before times count; shaking hands may take as long as connecting. */
    private static Socket secured(Socket plain, Target target, Trust trust) throws IOException {
        var socket = (SSLSocket) trust.sockets().createSocket(plain, target.host(), target.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        plain.setSoTimeout(connectMillis(target));
        socket.startHandshake();
        plain.setSoTimeout(0);
        return socket;
    }

    private static int connectMillis(Target target) {
        return (int) Math.min(Integer.MAX_VALUE, target.budgets().connect().toMillis());
    }

    static RequestRecord stamped(RequestRecord before, Clock clock) {
        return new RequestRecord(before.method(), before.url(), before.headers(), before.body(), clock.instant());
    }

    static void hangUp(Socket socket, Recording recording) {
        try {
            socket.close();
        } catch (IOException e) {
            recording.cut(NetworkReason.of(e, recording.hasHead()));
        }
    }

    /** As {@link #bytes}, with the target's token itself. */
    byte[] request(String method, String path, List<String> headerLines, byte[] body) {
        return withToken(bytes(method, path, headerLines, body));
    }

    private byte[] withToken(byte[] request) {
        String latin1 = new String(request, StandardCharsets.ISO_8859_1);
        return target.token()
                .map(token -> new String(token.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
                .map(token -> latin1.replace(Redaction.MARK, token))
                .orElse(latin1)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] joined(byte[] head, byte[] body) {
        byte[] whole = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
    }
}
