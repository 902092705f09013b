package dev.touchstone.features.teeth.wire;

import java.io.IOException;

/** Listens on a port of the loopback address and passes everything to a worker, by way of a change. Thread-safe. */
public final class ChangingProxy implements AutoCloseable {

    private ChangingProxy() {}

    /**
     * Begins to listen.
     *
     * @param workerPort of the worker behind it, on the loopback address
     * @param port to listen on, 0 for any free one
     */
    public static ChangingProxy start(int workerPort, int port, TrafficChange change) throws IOException {
        throw new IOException("not here yet: " + workerPort + port + change);
    }

    public int port() {
        return 0;
    }

    /** How often the change said that it fired. */
    public long fired() {
        return 0;
    }

    /** Why the change itself failed, one sentence. */
    public java.util.Optional<String> failure() {
        return java.util.Optional.empty();
    }

    @Override
    public void close() {}
}
