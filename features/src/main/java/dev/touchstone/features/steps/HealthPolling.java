package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/** Asks for health again and again while one generation runs. */
record HealthPolling(World world, Asking asking) {
    private static final int PAUSE_MILLIS = 4;

    /** @param asked takes the calls; of a thread-safe kind */
    Generation during(String prompt, int tokens, List<Exchange> asked) throws InterruptedException {
        var over = new CountDownLatch(1);
        var request = GenerationRequest.greedy(world.newJobId(), prompt, tokens);
        try (StreamingCall call = asking.open(request)) {
            Thread poller = Thread.ofVirtual().start(() -> poll(over, asked));
            try {
                return asking.keep(call.awaitEnd(asking.budgets().request()));
            } finally {
                over.countDown();
                poller.join();
            }
        }
    }

    private void poll(CountDownLatch over, List<Exchange> asked) {
        try {
            do {
                asked.add(asking.health());
            } while (!over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (TestAbortedException silent) {
            // The worker stopped answering; that verdict is recorded, and the generation tells the rest.
            return;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
