package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes everything on, and tells when two streams are under way at once: the oddity is in how many workers there are. */
final class SeveralJobs implements TrafficChange {

    private final AtomicInteger streams = new AtomicInteger();

    @Override
    public void handle(Passage passage) throws IOException, InterruptedException {
        if (!passage.request().asksForText()) {
            passage.relay();
            return;
        }
        try {
            if (streams.incrementAndGet() > 1) {
                passage.fired();
            }
            passage.relay();
        } finally {
            streams.decrementAndGet();
        }
    }
}
