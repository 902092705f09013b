package dev.touchstone.harness.client;

/** Whether a client uses a connection again. */
public enum Connections {
    /** A connection for each request: a worker that closes idle connections at will is never blamed for it. */
    FRESH,
    /** HTTP/1.1 keep-alive; a request on a connection that the worker has just closed fails and is not retried. */
    KEPT_ALIVE
}
