package dev.touchstone.harness.client;

import dev.touchstone.harness.transcript.Exchange;
import java.time.Duration;

/** Sends requests to one target and records every exchange in the scenario's transcript. Thread-safe. */
public interface WorkerClient extends AutoCloseable {

    /** Sends a request and returns at once; the body is recorded in the background. */
    StreamingCall open(Call call);

    /** Sends a request and waits for the end of its body, at most {@code limit}. */
    default Exchange send(Call call, Duration limit) throws InterruptedException {
        return open(call).awaitEnd(limit);
    }

    /** Abandons what still runs. */
    @Override
    void close();
}
