package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.Deque;

/** A proxy before a worker whose every byte the test writes itself. */
final class ProxyFixture implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    private final ChangingProxy proxy;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    ProxyFixture(TrafficChange change) throws IOException {
        listener.setSoTimeout(PATIENCE_MILLIS);
        proxy = ChangingProxy.start(listener.getLocalPort(), 0, change);
    }

    ChangingProxy proxy() {
        return proxy;
    }

    /** Both ends of a new connection through the proxy. */
    Ends connect() throws IOException {
        Wire client = Wire.to(proxy);
        open.push(client);
        Wire worker = new Wire(listener.accept());
        open.push(worker);
        return new Ends(client, worker);
    }

    /** What the client holds, and what the worker holds. */
    record Ends(Wire client, Wire worker) {

        /** Sends a request and gives what the worker got of it, as much as was sent. */
        String asked(String request) throws IOException {
            client.write(request);
            return worker.readAsMuchAs(request);
        }

        /** Sends an answer and gives what the client got of it, as much as was sent. */
        String answered(String answer) throws IOException {
            worker.write(answer);
            return client.readAsMuchAs(answer);
        }
    }

    @Override
    public void close() throws Exception {
        proxy.close();
        for (AutoCloseable end : open) {
            end.close();
        }
        listener.close();
    }
}
