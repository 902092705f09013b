package dev.touchstone.features.steps;

import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.client.WorkerClient;
import java.util.function.Consumer;

/**
 * Asks before every request whether it is worth sending.
 *
 * @param guard throws where it is not
 */
record GuardedClient(WorkerClient client, Consumer<Call> guard) implements WorkerClient {

    @Override
    public StreamingCall open(Call call) {
        guard.accept(call);
        return client.open(call);
    }

    @Override
    public void close() {
        client.close();
    }
}
