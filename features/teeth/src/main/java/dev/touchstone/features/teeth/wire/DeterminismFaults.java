package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Answers that depend on more than their request. */
final class DeterminismFaults {

    static final Map<String, Supplier<TrafficChange>> ALL =
            Map.ofEntries(Map.entry("cut-short-under-load", () -> new CutShort()));

    private DeterminismFaults() {}

    /** Where several streams run at once, every third ends early and does not say why. */
    private static final class CutShort implements TrafficChange {
        private static final int TOKENS = 6;
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger loaded = new AtomicInteger();

        @Override
        public void handle(Passage passage) throws IOException {
            if (!passage.request().asksForText()) {
                passage.relay();
                return;
            }
            boolean cut = running.incrementAndGet() > 1 && loaded.incrementAndGet() % 3 == 0;
            try {
                if (cut) {
                    cut(passage);
                } else {
                    passage.relay();
                }
            } finally {
                running.decrementAndGet();
            }
        }

        private static void cut(Passage passage) throws IOException {
            int[] tokens = {0};
            Forward.streamed(passage, passage.request(), frame -> {
                if (frame.is("token") && tokens[0]++ >= TOKENS) {
                    passage.fired();
                } else if (frame.is("end") && tokens[0] > TOKENS) {
                    passage.client()
                            .body(frame.edited(data -> {
                                        data.put("tokens_out", TOKENS);
                                        data.putNull("stop_reason");
                                    })
                                    .bytes());
                } else {
                    passage.client().body(frame.bytes());
                }
            });
        }
    }
}
