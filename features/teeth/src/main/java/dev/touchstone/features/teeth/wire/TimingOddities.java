package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** Workers that are slow, or whose network is, within what the contract allows. */
final class TimingOddities {

    private static final Duration HEAD = Duration.ofMillis(400);
    private static final Duration HEALTH = Duration.ofMillis(30);

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("eight-jobs-at-once", SeveralJobs::new),
            Map.entry("slow-head", () -> TimingOddities::slowHead),
            Map.entry("jittery-network", () -> streams(TimingOddities::jitter)),
            Map.entry("two-tokens-in-one-read", PairedFrames::new),
            Map.entry("health-of-thirty-milliseconds", () -> TimingOddities::slowHealth));

    private TimingOddities() {}

    private static TrafficChange streams(OddAnswer.Writing writing) {
        return OddAnswer.plain().only(ClientRequest::asksForText).written(writing);
    }

    private static void jitter(Passage passage, byte[] bytes) throws IOException, InterruptedException {
        if (ThreadLocalRandom.current().nextInt(4) == 0) {
            passage.pause(Duration.ofMillis(ThreadLocalRandom.current().nextInt(1, 8)));
        }
        passage.client().body(bytes);
    }

    private static void slowHead(Passage passage) throws IOException, InterruptedException {
        if (passage.request().asksForText()) {
            passage.pause(HEAD);
            passage.fired();
        }
        passage.relay();
    }

    private static void slowHealth(Passage passage) throws IOException, InterruptedException {
        if (passage.request().is("GET", "/health")) {
            passage.pause(HEALTH);
            passage.fired();
        }
        passage.relay();
    }

    /** Token events leave two by two, as the two of a speculative step do. */
    private static final class PairedFrames implements TrafficChange {
        @Override
        public void handle(Passage passage) throws IOException {
            if (!passage.request().asksForText()) {
                passage.relay();
                return;
            }
            WorkerAnswer answer = passage.ask();
            if (!answer.head().isEventStream()) {
                passage.client().answer(answer.head(), answer.allOfBody());
                return;
            }
            passage.client().head(answer.head());
            StringBuilder held = new StringBuilder();
            for (var frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                boolean alone = held.isEmpty() && frame.get().is("token");
                held.append(frame.get().text());
                if (!alone) {
                    passage.fired();
                    passage.client().body(held.toString());
                    held.setLength(0);
                }
            }
            passage.client().body(held.toString());
            passage.client().end();
        }
    }
}
