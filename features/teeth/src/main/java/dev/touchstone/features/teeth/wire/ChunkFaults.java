package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.features.teeth.wire.FrameChange.Changer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Streams in the OpenAI dialect whose chunks do not come to one end, or are not of one answer. */
final class ChunkFaults {

    private static final Duration FOR_EVER = Duration.ofMinutes(10);
    private static final int LONG_PROMPT = 400;

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("finish-reason-in-last-two-chunks", () -> Streams.changed(LastTwo::new)),
            Map.entry("finish-reason-empty-in-each-chunk", () -> chunks(ChunkFaults::emptyReason)),
            Map.entry("done-missing-after-long-prompts", ChunkFaults::doneMissing),
            Map.entry("openai-body-left-open", ChunkFaults::leftOpen),
            Map.entry("openai-two-done", () -> Streams.terminals(done -> List.of(done, done))),
            Map.entry("id-new-in-each-chunk", ChunkFaults::newIds));

    private ChunkFaults() {}

    private static TrafficChange chunks(Consumer<ObjectNode> edit) {
        return Streams.changed(() -> (frame, fired) -> {
            if (frame.json().isEmpty()) {
                return List.of(frame);
            }
            fired.run();
            return List.of(frame.edited(edit));
        });
    }

    private static void emptyReason(ObjectNode chunk) {
        if (chunk.at("/choices/0") instanceof ObjectNode choice) {
            choice.put("finish_reason", "");
        }
    }

    private static TrafficChange newIds() {
        var drawn = new AtomicInteger();
        return chunks(chunk -> chunk.put("id", "chatcmpl-" + drawn.incrementAndGet()));
    }

    private static boolean hasLongPrompt(ClientRequest request) {
        return request.json()
                .filter(json -> json.path("prompt").asText().length()
                                + json.path("messages").toString().length()
                        > LONG_PROMPT)
                .isPresent();
    }

    /** Every second stream after a long prompt loses its last event, and nobody closes it. */
    private static TrafficChange doneMissing() {
        var streams = new AtomicInteger();
        return StreamChange.of((passage, answer) -> {
            boolean hit = hasLongPrompt(passage.request()) && streams.incrementAndGet() % 2 == 0;
            open(passage, answer, hit, !hit);
        });
    }

    private static TrafficChange leftOpen() {
        return StreamChange.of((passage, answer) -> open(passage, answer, true, true));
    }

    private static void open(Passage passage, WorkerAnswer answer, boolean hit, boolean done)
            throws IOException, InterruptedException {
        passage.client().head(answer.head());
        for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            if (done || !frame.get().isTerminal()) {
                passage.client().body(frame.get().bytes());
            }
        }
        if (hit) {
            passage.fired();
            passage.pause(FOR_EVER);
        }
        passage.client().end();
    }

    /** The chunk before the one with the finish_reason has it too. */
    private static final class LastTwo implements Changer {
        private Optional<Frame> held = Optional.empty();

        @Override
        public List<Frame> change(Frame frame, Runnable fired) {
            Optional<Frame> before = held;
            if (TextFrame.isOne(frame)) {
                held = Optional.of(frame);
                return before.stream().toList();
            }
            held = Optional.empty();
            Optional<String> reason = frame.json()
                    .map(json -> json.at("/choices/0/finish_reason").asText(""))
                    .filter(r -> !r.isEmpty() && !r.equals("null"));
            if (before.isEmpty() || reason.isEmpty()) {
                return before.map(b -> List.of(b, frame)).orElse(List.of(frame));
            }
            fired.run();
            return List.of(
                    before.get().edited(chunk -> {
                        if (chunk.at("/choices/0") instanceof ObjectNode choice) {
                            choice.put("finish_reason", reason.get());
                        }
                    }),
                    frame);
        }
    }
}
