package dev.touchstone.features.teeth.wire;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The workers behind a proxy, all on the loopback address. Thread-safe. */
final class Backends {

    private final List<Backend> all;

    /** One of them. */
    static final class Backend implements AutoCloseable {
        private final InetSocketAddress address;
        private final AtomicInteger connections = new AtomicInteger();

        private Backend(int port) {
            address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
        }

        InetSocketAddress address() {
            return address;
        }

        /** Tells that a connection to it is over. */
        @Override
        public void close() {
            connections.decrementAndGet();
        }
    }

    /** @param ports at least one */
    Backends(List<Integer> ports) {
        all = ports.stream().map(Backend::new).toList();
    }

    /** The one with the fewest connections, which has one more from now on until it is closed. */
    synchronized Backend take() {
        Backend least = all.stream()
                .min(Comparator.comparingInt(backend -> backend.connections.get()))
                .orElseThrow();
        least.connections.incrementAndGet();
        return least;
    }
}
