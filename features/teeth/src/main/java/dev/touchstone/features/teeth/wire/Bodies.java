package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Predicate;

/** Requests by their bodies, and a worker that gives some another answer, or none. */
final class Bodies {

    /** Longer than any budget of a trial. */
    private static final Duration FOR_EVER = Duration.ofMinutes(5);

    private Bodies() {}

    static String text(ClientRequest request) {
        return new String(request.body(), StandardCharsets.UTF_8);
    }

    /** Reads these requests and says nothing. */
    static TrafficChange silent(Predicate<ClientRequest> which) {
        return passage -> {
            if (which.test(passage.request())) {
                passage.fired();
                hang(passage);
            } else {
                passage.relay();
            }
        };
    }

    /** Gives this answer in place of the worker's. */
    static void answer(Passage passage, SmallAnswer answer) throws IOException {
        passage.fired();
        passage.client().answer(answer.head(), answer.bytes());
    }

    /** Waits until the client hangs up, which ends the request. */
    static void hang(Passage passage) throws IOException, InterruptedException {
        passage.pause(FOR_EVER);
    }
}
