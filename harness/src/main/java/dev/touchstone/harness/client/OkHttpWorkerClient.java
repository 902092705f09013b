package dev.touchstone.harness.client;

import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Redaction;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.transcript.Transcript;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * Speaks HTTP/1.1 to one target and records bytes with the times of the socket reads that brought them. Follows no
 * redirect, retries nothing, decompresses nothing, caches nothing, keeps no cookies and uses no proxy. What goes wrong
 * on the network is recorded as the exchange's end and never thrown. Thread-safe.
 */
public final class OkHttpWorkerClient implements WorkerClient {

    /**
     * Bytes of one response body that are recorded before the client hangs up: 2,048 tokens, the most that a request
     * may ask for, of 4 KiB each. What the parts of a body take of the memory counts, too.
     */
    public static final long DEFAULT_BODY_LIMIT = 8L * 1024 * 1024;

    private final Target target;
    private final Transcript transcript;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final long bodyLimit;
    private final Redaction redaction;
    private final OkHttpClient http;
    private final Set<Recording> running = ConcurrentHashMap.newKeySet();

    /** A client with the system's clocks, fresh connections and {@link #DEFAULT_BODY_LIMIT}. */
    public OkHttpWorkerClient(Target target, Transcript transcript) {
        this(target, transcript, Clock.systemUTC(), System::nanoTime, Connections.FRESH, DEFAULT_BODY_LIMIT);
    }

    /**
     * A client that believes the certificates of the system.
     *
     * @param clock the moment of sending
     * @param nanoTime arrival times; monotonic nanoseconds
     * @param bodyLimit in bytes; a longer body ends as {@code TooLarge}
     */
    public OkHttpWorkerClient(
            Target target,
            Transcript transcript,
            Clock clock,
            LongSupplier nanoTime,
            Connections connections,
            long bodyLimit) {
        this(target, transcript, clock, nanoTime, connections, bodyLimit, Trust.ofTheSystem());
    }

    OkHttpWorkerClient(
            Target target,
            Transcript transcript,
            Clock clock,
            LongSupplier nanoTime,
            Connections connections,
            long bodyLimit,
            Trust trust) {
        this.target = target;
        this.transcript = transcript;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.bodyLimit = bodyLimit;
        this.redaction = new Redaction(target.token());
        this.http = new OkHttpClient.Builder()
                .socketFactory(new RecordingSockets())
                .sslSocketFactory(trust.sockets(), trust.manager())
                .connectionPool(new ConnectionPool(connections == Connections.FRESH ? 0 : 8, 1, TimeUnit.MINUTES))
                .protocols(List.of(Protocol.HTTP_1_1))
                .proxy(Proxy.NO_PROXY)
                .cookieJar(CookieJar.NO_COOKIES)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .connectTimeout(target.budgets().connect())
                .readTimeout(target.budgets().idle())
                .writeTimeout(Duration.ZERO)
                .callTimeout(target.budgets().request())
                .addNetworkInterceptor(new BodyRecorder(clock, redaction))
                .build();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException where OkHttp cannot form such a request
     */
    @Override
    public StreamingCall open(Call call) {
        Headers headers = headers(call);
        var recording = new Recording(
                transcript.nextNumber(),
                call.label(),
                new RequestRecord(
                        call.method(),
                        redaction.text(target.url(call.path())),
                        redaction.sent(BodyRecorder.entries(headers)),
                        call.body(),
                        clock.instant()),
                bodyLimit,
                transcript.room(),
                target.budgets().close(),
                nanoTime,
                this::ended);
        okhttp3.Call exchange = http.newCall(new Request.Builder()
                .url(target.url(call.path()))
                .headers(headers)
                .method(call.method(), body(call))
                .tag(Recording.class, recording)
                .build());
        running.add(recording);
        recording.hangUpBy(exchange::cancel);
        Thread.ofPlatform()
                .daemon()
                .name("touchstone-exchange-" + call.label())
                .start(() -> ScopedValue.where(SocketReads.CURRENT, new SocketReads(nanoTime))
                        .run(() -> exchange(exchange, recording)));
        return recording;
    }

    private void exchange(okhttp3.Call call, Recording recording) {
        try (var ignored = call.execute()) {
            // Only now may the connection serve another request; a body that came whole makes this its end.
            recording.cut(Recording.NO_END);
        } catch (SocketTimeoutException e) {
            if (NetworkReason.isConnecting(e)) {
                recording.cut(NetworkReason.of(e, recording.hasHead()));
            } else {
                recording.timedOut();
            }
        } catch (InterruptedIOException e) {
            recording.timedOut();
        } catch (IOException e) {
            recording.cut(NetworkReason.of(e, recording.hasHead()));
        } catch (RuntimeException e) {
            // OkHttp refuses some malformed responses this way.
            recording.cut("the response could not be read: " + NetworkReason.printable(String.valueOf(e.getMessage())));
        } finally {
            // Whatever else was thrown, a waiter must never hang on it.
            recording.cut(Recording.NO_END);
        }
    }

    private void ended(Recording recording) {
        running.remove(recording);
        transcript.add(recording.soFar());
    }

    private Headers headers(Call call) {
        var headers = new Headers.Builder();
        boolean ownAuthorization = call.headers().keySet().stream().anyMatch("Authorization"::equalsIgnoreCase);
        if (!ownAuthorization) {
            target.token().ifPresent(token -> headers.add("Authorization", "Bearer " + token));
        }
        call.headers().forEach((name, value) -> {
            if (!(name.equalsIgnoreCase("Authorization") && value.isEmpty())) {
                headers.addUnsafeNonAscii(name, value);
            }
        });
        if (headers.get("Accept-Encoding") == null) {
            headers.add("Accept-Encoding", "identity");
        }
        if (headers.get("User-Agent") == null) {
            headers.add("User-Agent", "touchstone");
        }
        return headers.build();
    }

    private static @Nullable RequestBody body(Call call) {
        boolean required = Set.of("POST", "PUT", "PATCH").contains(call.method());
        return required || call.body().length > 0 ? RequestBody.create(call.body()) : null;
    }

    /** Connections that OkHttp holds, in use or kept for the next request. */
    int connections() {
        return http.connectionPool().connectionCount();
    }

    @Override
    public void close() {
        List.copyOf(running).forEach(Recording::abandon);
        http.connectionPool().evictAll();
    }
}
