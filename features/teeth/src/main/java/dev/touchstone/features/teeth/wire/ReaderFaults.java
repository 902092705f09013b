package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Streams that are others for a reader who takes his time: it shows where a write blocks. */
final class ReaderFaults {

    /** A write that takes this long met a full buffer. */
    private static final long BLOCKED_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("unsent-tokens-dropped", () -> atFullBuffer(ReaderFaults::dropped)),
            Map.entry("unsent-tokens-merged", () -> atFullBuffer(ReaderFaults::merged)),
            Map.entry("slow-reader-cut-early", () -> atFullBuffer(ReaderFaults::cut)));

    private ReaderFaults() {}

    /** What is done once, after a write has blocked. */
    @FunctionalInterface
    private interface Blocked {
        /** @return what is sent next; nothing to close the stream */
        Optional<Frame> next(WorkerAnswer answer) throws IOException;
    }

    /** The oldest of what waits is given up. */
    private static Optional<Frame> dropped(WorkerAnswer answer) throws IOException {
        Optional<Frame> lost = answer.nextFrame();
        return lost.filter(Frame::isTerminal).isPresent() ? lost : answer.nextFrame();
    }

    /** What waits becomes one event, under the first one's number. */
    private static Optional<Frame> merged(WorkerAnswer answer) throws IOException {
        Optional<Frame> first = answer.nextFrame();
        Optional<Frame> second = first.filter(f -> !f.is("token")).isPresent() ? Optional.empty() : answer.nextFrame();
        if (first.isEmpty() || second.filter(f -> f.is("token")).isEmpty()) {
            return second.isPresent() ? second : first;
        }
        String more = second.get().json().map(o -> o.path("t").asText()).orElse("");
        return first.map(f -> f.edited(o -> o.put("t", o.path("t").asText() + more)));
    }

    /** Patience is over long before the write timeout. */
    private static Optional<Frame> cut(WorkerAnswer answer) {
        return Optional.empty();
    }

    private static TrafficChange atFullBuffer(Blocked blocked) {
        return StreamChange.of((passage, answer) -> {
            passage.client().head(answer.head());
            Optional<Frame> frame = answer.nextFrame();
            while (frame.isPresent() && !blocks(passage, frame.get())) {
                frame = answer.nextFrame();
            }
            if (frame.isPresent()) {
                passage.fired();
                Optional<Frame> next = blocked.next(answer);
                if (next.isEmpty()) {
                    passage.client().close();
                    return;
                }
                passage.client().body(next.get().bytes());
            }
            StreamChange.rest(passage, answer);
        });
    }

    /** Sends a frame; returns whether it met a full buffer and more is to come. */
    private static boolean blocks(Passage passage, Frame frame) throws IOException {
        long before = System.nanoTime();
        passage.client().body(frame.bytes());
        return System.nanoTime() - before > BLOCKED_NANOS && !frame.isTerminal();
    }
}
