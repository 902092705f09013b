package dev.touchstone.harness.transcript;

/** How a response body ended, as the client saw it. */
public sealed interface BodyEnd {
    /** Nanoseconds since the request was sent. */
    long nanos();

    /** The worker ended the body properly (last chunk, content length, or close). */
    record Complete(long nanos) implements BodyEnd {}

    /** The connection broke before the body was complete, or no response came. */
    record Cut(long nanos, String reason) implements BodyEnd {
        /** The reason where nobody listens. */
        public static final String REFUSED = "connection refused";

        /** The reason where nobody takes the connection in time. */
        public static final String NO_CONNECTION = "no connection within the time limit";
    }

    /** A time limit of the kit ran out with the body still open, or with no response at all. */
    record TimedOut(long nanos) implements BodyEnd {}

    /** The kit itself hung up, on purpose. */
    record Abandoned(long nanos) implements BodyEnd {}

    /** The kit stopped recording because the body grew past its limit in bytes. */
    record TooLarge(long nanos, long limit) implements BodyEnd {}
}
