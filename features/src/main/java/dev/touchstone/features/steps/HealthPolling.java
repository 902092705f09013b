package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import java.time.Duration;
import java.util.List;

/** Asks for health again and again while one generation runs. */
record HealthPolling(World world, Asking asking) {
    private static final int PAUSE_MILLIS = 4;
    private static final int STARTED_AND_A_TOKEN = 2;
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

    /** @param asked takes the calls; of a thread-safe kind */
    Generation during(String prompt, int tokens, List<Exchange> asked) throws InterruptedException {
        return during(prompt, tokens, asked, asking.budgets().request());
    }

    /** As {@link #during}, but leaves a prefill that takes minutes: what was seen of it tells enough. */
    Generation duringPrefill(String prompt, int tokens, List<Exchange> asked) throws InterruptedException {
        return during(prompt, tokens, asked, LONG_ENOUGH);
    }

    private Generation during(String prompt, int tokens, List<Exchange> asked, Duration toFirstToken)
            throws InterruptedException {
        var request = GenerationRequest.greedy(world.newJobId(), prompt, tokens);
        try (StreamingCall call = asking.open(request)) {
            HealthPoll poll = HealthPoll.start(asking, asked, PAUSE_MILLIS);
            try {
                if (!call.awaitEvents(STARTED_AND_A_TOKEN, toFirstToken)) {
                    call.abandon();
                }
                return asking.keep(call.awaitEnd(asking.budgets().request()));
            } finally {
                poll.stop();
            }
        }
    }
}
