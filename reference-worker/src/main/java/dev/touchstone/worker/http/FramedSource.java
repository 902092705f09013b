package dev.touchstone.worker.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.DateUtils;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Stands between the socket and Undertow and lets through what {@link RequestFraming} finds unambiguous. From the first
 * violation on nothing more is let through; once all that was asked before it has been answered, it is answered with its
 * own status, past Undertow, and the connection ends. So does a request that takes too long to arrive.
 *
 * <p>Reads come from one thread at a time, but not always the same: Undertow reads a pipelined request on the thread that
 * answered the one before it. Whatever is written here is written on the I/O thread.
 */
final class FramedSource extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private static final XnioExecutor.Key NEVER = () -> false;

    private final StreamConnection connection;
    private final StreamSinkConduit sink;
    private final Duration requestTime;
    private final Consumer<RefusedRequest> onRefused;
    private final RequestFraming framing = new RequestFraming();
    private Optional<RefusedRequest> refusal = Optional.empty();
    private Optional<HttpServerExchange> current = Optional.empty();
    private XnioExecutor.Key deadline = NEVER;
    /** A head that is not whole yet: Undertow would judge it by its own rules, and sooner. */
    private byte[] held = {};

    private long begun;
    private long completed;
    private boolean answered;

    private FramedSource(StreamConnection connection, Duration requestTime, Consumer<RefusedRequest> onRefused) {
        super(connection.getSourceChannel().getConduit());
        this.connection = connection;
        this.sink = connection.getSinkChannel().getConduit();
        this.requestTime = requestTime;
        this.onRefused = onRefused;
    }

    /** Puts itself below whatever will read from the connection. */
    static void install(StreamConnection connection, Duration requestTime, Consumer<RefusedRequest> onRefused) {
        connection.getSourceChannel().setConduit(new FramedSource(connection, requestTime, onRefused));
    }

    /** The handler, such that the sources of its exchanges know when each begins and completes. */
    static HttpHandler following(HttpHandler handler) {
        return exchange -> {
            if (exchange.getConnection() instanceof HttpServerConnection c
                    && c.getOriginalSourceConduit() instanceof FramedSource source) {
                try {
                    exchange.addExchangeCompleteListener((e, next) -> {
                        source.completed(e.isPersistent());
                        next.proceed();
                    });
                } catch (IllegalStateException e) {
                    // A pipelined request whose client went away just before its turn: it completed before it began.
                    return;
                }
                source.begun(exchange);
            }
            handler.handleRequest(exchange);
        };
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        int begin = dst.position();
        dst.put(held);
        int read = super.read(dst);
        if (read <= 0) {
            dst.position(begin);
            return read < 0 && !hidesEnd() ? read : 0;
        }
        int passed = judge(dst.duplicate().position(begin + held.length).limit(dst.position()));
        int whole = passed == 0 ? 0 : held.length + passed;
        byte[] rest = new byte[refusal.isPresent() ? 0 : dst.position() - begin - whole];
        dst.get(begin + whole, rest).position(begin + whole);
        held = rest;
        return whole;
    }

    @Override
    public long read(ByteBuffer[] dsts, int offs, int len) throws IOException {
        for (int i = offs; i < offs + len; i++) {
            if (dsts[i].hasRemaining()) {
                return read(dsts[i]);
            }
        }
        return 0;
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return IoUtils.transfer(new ConduitReadableByteChannel(this), count, throughBuffer, target);
    }

    private synchronized int judge(ByteBuffer bytes) {
        if (refusal.isPresent()) {
            return 0;
        }
        int passed = framing.accept(bytes);
        refusal = framing.violation();
        settle();
        watchTime();
        return passed;
    }

    /** An end of the input inside a body would make Undertow drop the connection: it is answered instead. */
    private synchronized boolean hidesEnd() {
        boolean waiting = framing.inBody()
                && begun == framing.heads()
                && current.filter(e -> !e.isResponseStarted()).isPresent();
        if (waiting && refusal.isEmpty()) {
            refusal = Optional.of(RefusedRequest.invalid("body", "body must be sent whole."));
            settle();
        }
        return waiting;
    }

    private synchronized void begun(HttpServerExchange exchange) {
        begun++;
        current = Optional.of(exchange);
        settle();
    }

    private synchronized void completed(boolean persistent) {
        completed++;
        current = Optional.empty();
        if (persistent) {
            settle();
        }
    }

    /** Answers the violation when its turn has come. */
    private void settle() {
        boolean turn = framing.inBody() ? begun == framing.heads() : completed == framing.heads();
        if (refusal.isPresent() && turn && !answered) {
            answered = true;
            deadline.remove();
            connection.getIoThread().execute(this::answer);
        }
    }

    /** Runs when the route, if there is one, has had its say: a body that it refused unread is its own to end. */
    private void answer() {
        Optional<RefusedRequest> due;
        synchronized (this) {
            due = current.filter(HttpServerExchange::isResponseStarted).isPresent() ? Optional.empty() : refusal;
        }
        due.ifPresent(refused -> {
            onRefused.accept(refused);
            new Linger(connection, next, sink).answer(response(refused));
        });
    }

    private void watchTime() {
        if (!framing.inRequest()) {
            deadline.remove();
            deadline = NEVER;
        } else if (deadline == NEVER && refusal.isEmpty()) {
            deadline = connection.getIoThread().executeAfter(this::late, requestTime.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void late() {
        deadline = NEVER;
        boolean turn = completed == framing.heads() - (framing.inBody() ? 1 : 0);
        if (!turn) {
            // Nobody reads a pipelined request while the one before it is being answered: its time has not begun.
            watchTime();
        } else if (current.filter(HttpServerExchange::isResponseStarted).isPresent()) {
            IoUtils.safeClose(connection);
        } else if (framing.inRequest() && refusal.isEmpty()) {
            String part = framing.inBody() ? "body" : "head";
            refusal = Optional.of(new RefusedRequest(
                    StatusCodes.REQUEST_TIME_OUT,
                    dev.touchstone.worker.job.ErrorCode.INVALID_REQUEST,
                    part,
                    part + " must arrive within " + requestTime.toMillis() + " ms."));
            settle();
        }
    }

    private static ByteBuffer response(RefusedRequest refused) {
        byte[] body = refused.body().getBytes(StandardCharsets.UTF_8);
        byte[] head = ("HTTP/1.1 " + refused.status() + ' ' + StatusCodes.getReason(refused.status())
                        + "\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff"
                        + "\r\nCache-Control: no-store\r\nConnection: close\r\nDate: "
                        + DateUtils.toDateString(new java.util.Date()) + "\r\nContent-Length: " + body.length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .flip();
    }
}
