package dev.touchstone.harness.client;

import dev.touchstone.harness.transcript.Exchange;
import java.time.Duration;

/**
 * A request under way whose body is recorded as it arrives. Reading goes on in the background until the body ends, the
 * call is abandoned or a limit is reached. Thread-safe.
 */
public interface StreamingCall extends AutoCloseable {

    /** Waits until the head is there. Returns whether it came in time. */
    boolean awaitHead(Duration limit) throws InterruptedException;

    /** Waits until that many SSE events were dispatched, or the body ended. Returns whether they came in time. */
    boolean awaitEvents(int count, Duration limit) throws InterruptedException;

    /**
     * Waits for the end of the body, but after a terminal event ({@code end}, {@code error}) no longer than the budget
     * {@code close}; on expiry the call is closed and its end is {@code TimedOut}.
     */
    Exchange awaitEnd(Duration limit) throws InterruptedException;

    /** Hangs up; the end becomes {@code Abandoned} unless the body had already ended. */
    void abandon();

    /** What has arrived so far. While the body is open its end reads {@code TimedOut} at this moment. */
    Exchange soFar();

    /** Abandons the call if it still runs. */
    @Override
    void close();
}
