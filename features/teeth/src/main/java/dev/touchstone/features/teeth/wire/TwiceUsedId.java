package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers are found by the id of their request: of two that run at once under one id, the first gets nothing more. */
final class TwiceUsedId implements TrafficChange {

    private static final Duration FOR_EVER = Duration.ofMinutes(10);

    private final AtomicInteger drawn = new AtomicInteger();
    /** Who gets the events of an id. */
    private final Map<String, Integer> receivers = new ConcurrentHashMap<>();

    @Override
    public void handle(Passage passage) throws IOException, InterruptedException {
        Optional<String> id = passage.request()
                .json()
                .filter(_ -> passage.request().is("POST", "/execute"))
                .map(json -> json.path("job_id").asText());
        if (id.isEmpty()) {
            passage.relay();
            return;
        }
        int me = drawn.incrementAndGet();
        boolean second = receivers.put(id.get(), me) != null;
        try {
            String own = second ? id.get() + "-" + me : id.get();
            serve(passage, passage.ask(passage.request().edited(json -> json.put("job_id", own))), id.get(), me);
        } finally {
            receivers.remove(id.get(), me);
        }
    }

    private void serve(Passage passage, WorkerAnswer answer, String id, int me)
            throws IOException, InterruptedException {
        if (!answer.head().isEventStream()) {
            RequestChange.passOn(passage, answer);
            return;
        }
        passage.client().head(answer.head());
        for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            if (receivers.getOrDefault(id, 0) != me) {
                passage.fired();
                passage.pause(FOR_EVER);
            }
            passage.client().body(frame.get().bytes());
        }
        passage.client().end();
    }
}
