package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** While a long prompt is read, no stream that is under way goes on. For several workers behind the proxy. */
final class PrefillBlocks implements TrafficChange {

    /** Bytes of a request from which its prompt is long. */
    private static final int LONG = 2500;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final AtomicInteger prefills = new AtomicInteger();

    @Override
    public void handle(Passage passage) throws IOException, InterruptedException {
        if (!passage.request().asksForText()) {
            passage.relay();
        } else if (passage.request().body().length >= LONG) {
            prefill(passage);
        } else {
            stream(passage);
        }
    }

    /** The engine is its own until the first token is there. */
    private void prefill(Passage passage) throws IOException {
        prefills.incrementAndGet();
        boolean reading = true;
        try {
            WorkerAnswer answer = passage.ask();
            passage.client().head(answer.head());
            for (var frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                if (reading && !frame.get().text().contains("event: started")) {
                    reading = false;
                    prefills.decrementAndGet();
                }
                passage.client().body(frame.get().bytes());
            }
            passage.client().end();
        } finally {
            if (reading) {
                prefills.decrementAndGet();
            }
        }
    }

    private void stream(Passage passage) throws IOException, InterruptedException {
        WorkerAnswer answer = passage.ask();
        passage.client().head(answer.head());
        for (var frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            while (prefills.get() > 0) {
                passage.fired();
                passage.pause(LOOK_AGAIN);
            }
            passage.client().body(frame.get().bytes());
        }
        passage.client().end();
    }
}
