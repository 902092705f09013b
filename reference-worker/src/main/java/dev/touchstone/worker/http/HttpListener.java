package dev.touchstone.worker.http;

import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * The open port. It is opened by hand and not by {@code io.undertow.Undertow}, so that a {@link FramedSource} sees the
 * bytes of each connection before Undertow's lenient parser does.
 */
final class HttpListener implements AutoCloseable {
    private static final int IDLE_MILLIS = 60_000;
    /** Undertow's own size: what one write to a socket takes, less some room for chunk heads. */
    private static final int BUFFER = 16 * 1024 - 20;

    private static final OptionMap SOCKET = OptionMap.builder()
            .set(Options.TCP_NODELAY, true)
            .set(Options.REUSE_ADDRESSES, true)
            .set(Options.BACKLOG, 1000)
            .set(Options.SEND_BUFFER, 32 * 1024)
            .getMap();
    /** What Undertow would refuse on its own account goes to the routes, which answer with a JSON body. */
    private static final OptionMap HTTP = OptionMap.builder()
            .set(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MILLIS)
            .set(UndertowOptions.MAX_ENTITY_SIZE, -1L)
            .set(UndertowOptions.MAX_PARAMETERS, RequestHead.MAX_LINE)
            .set(UndertowOptions.ENABLE_HTTP2, false)
            .getMap();

    private final HttpHandler root;
    private final Duration requestTime;
    private final Consumer<RefusedRequest> onRefused;
    private Optional<XnioWorker> worker = Optional.empty();
    private Optional<AcceptingChannel<StreamConnection>> port = Optional.empty();

    /**
     * @param requestTime how long a request may take to arrive once it has begun
     * @param onRefused told of each request that is refused below the routes
     */
    HttpListener(HttpHandler root, Duration requestTime, Consumer<RefusedRequest> onRefused) {
        this.root = root;
        this.requestTime = requestTime;
        this.onRefused = onRefused;
    }

    void open(String host, int number) {
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        ByteBufferPool buffers = new DefaultByteBufferPool(true, BUFFER, -1, 4);
        HttpOpenListener http = new HttpOpenListener(buffers, HTTP);
        http.setRootHandler(FramedSource.following(root));
        try {
            XnioWorker threadsOfPort = Xnio.getInstance(HttpListener.class.getClassLoader())
                    .createWorker(OptionMap.builder()
                            .set(Options.WORKER_IO_THREADS, threads)
                            .set(Options.WORKER_TASK_CORE_THREADS, 1)
                            .set(Options.WORKER_TASK_MAX_THREADS, 1)
                            .set(Options.TCP_NODELAY, true)
                            .getMap());
            worker = Optional.of(threadsOfPort);
            AcceptingChannel<StreamConnection> accepting = threadsOfPort.createStreamConnectionServer(
                    new InetSocketAddress(InetAddress.getByName(host), number),
                    ChannelListeners.<StreamConnection>openListenerAdapter(connection -> {
                        FramedSource.install(connection, requestTime, onRefused);
                        http.handleEvent(connection);
                    }),
                    SOCKET);
            port = Optional.of(accepting);
            accepting.resumeAccepts();
        } catch (IOException e) {
            worker.ifPresent(XnioWorker::shutdownNow);
            throw new UncheckedIOException(e);
        }
    }

    /** @throws IllegalStateException before the port is open */
    int port() {
        return port.map(channel -> channel.getLocalAddress(InetSocketAddress.class))
                .orElseThrow(() -> new IllegalStateException("The port is not open yet."))
                .getPort();
    }

    @Override
    public void close() {
        port.ifPresent(IoUtils::safeClose);
        worker.ifPresent(XnioWorker::shutdown);
        try {
            if (worker.isPresent()) {
                worker.get().awaitTermination();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
