package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Listens on a port of the loopback address and passes everything to a worker, by way of a change. Thread-safe.
 *
 * <p>Each client's connection has one of its own to the worker, from its first moment to its last, so that what a
 * connection, a FIN, a RST or silence means is the same on both sides.
 */
public final class ChangingProxy implements AutoCloseable {

    private static final int BACKLOG = 1024;
    /** The system doubles it; what it takes of an answer that nobody reads is not in the way of the worker's time limit. */
    private static final int ANSWER_BUFFER = 2 * 1024;

    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final ServerSocket listener;
    private final InetSocketAddress workerAddress;
    private final TrafficChange change;
    private final ProxyEvents events = new ProxyEvents();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("changing-proxy-", 0).factory());

    private ChangingProxy(ServerSocket listener, InetSocketAddress workerAddress, TrafficChange change) {
        this.listener = listener;
        this.workerAddress = workerAddress;
        this.change = change;
    }

    /**
     * Begins to listen.
     *
     * @param workerPort of the worker behind it, on the loopback address
     * @param port to listen on, 0 for any free one
     * @throws IOException when the port is taken
     */
    public static ChangingProxy start(int workerPort, int port, TrafficChange change) throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        var listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(loopback, port), BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        var proxy = new ChangingProxy(listener, new InetSocketAddress(loopback, workerPort), change);
        proxy.threads.execute(proxy::acceptAll);
        return proxy;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** How often the change said that it fired. */
    public long fired() {
        return events.timesFired();
    }

    /** The first error of the change itself, which is no fault of the worker: a trial in which it came is void. */
    public Optional<String> failure() {
        return events.failure();
    }

    /** Whether it is closed and none of its threads is left. */
    boolean isOver() {
        return threads.isTerminated();
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                accept(listener.accept());
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    events.failed(e);
                }
            }
        }
    }

    private void accept(Socket client) throws IOException {
        try {
            threads.execute(() -> serve(client));
        } catch (RejectedExecutionException e) {
            // The proxy closes.
            client.close();
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket worker = new Socket()) {
            client.setSendBufferSize(ANSWER_BUFFER);
            worker.setReceiveBufferSize(ANSWER_BUFFER);
            connect(worker, client);
            var connection = new Connection(client, worker, change, events, threads);
            connections.add(connection);
            try {
                connection.serve();
            } finally {
                connections.remove(connection);
            }
        } catch (IOException | RejectedExecutionException e) {
            // The worker refuses connections, the client was gone before anything began, or the proxy closes.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A worker that refuses is a connection broken off: more than that cannot be done after the accept. */
    private void connect(Socket worker, Socket client) throws IOException {
        try {
            worker.connect(workerAddress);
        } catch (IOException e) {
            client.setSoLinger(true, 0);
            throw e;
        }
    }

    /** Ends all connections and threads; returns when they are over. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            events.failed(e);
        }
        threads.shutdownNow();
        connections.forEach(Connection::close);
        try {
            if (!threads.awaitTermination(CLOSING.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the change does not end: " + change);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
