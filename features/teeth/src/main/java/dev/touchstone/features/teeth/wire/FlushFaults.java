package dev.touchstone.features.teeth.wire;

import dev.touchstone.features.teeth.wire.FrameChange.Changer;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** Events that wait in the worker although they are there. */
final class FlushFaults {

    private static final int BLOCK = 16;
    /** What a wait takes longer than the tiny model's, which may be over before anything can be told of it. */
    private static final Duration LONGER = Duration.ofMillis(300);
    /** About 11 events in a second. */
    private static final Duration TICK = Duration.ofMillis(90);

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("stream-buffered-until-end", () -> Streams.changed(UntilEnd::new)),
            Map.entry("openai-stream-buffered-until-end", () -> Streams.changed(UntilEnd::new)),
            Map.entry("flushed-every-16-tokens", () -> Streams.changed(Blocks::new)),
            Map.entry("openai-flushed-every-16-tokens", () -> Streams.changed(Blocks::new)),
            Map.entry("eleven-events-a-second", () -> Streams.changed(Slow::new)),
            Map.entry("openai-eleven-events-a-second", () -> Streams.changed(Slow::new)),
            Map.entry("compressed-and-buffered", FlushFaults::compressed),
            Map.entry("openai-compressed-and-buffered", FlushFaults::compressed),
            Map.entry("nothing-before-first-token", FlushFaults::headWithFirstText),
            Map.entry("openai-nothing-before-first-token", FlushFaults::headWithFirstText),
            Map.entry("nothing-while-queued", FlushFaults::headWithStarted),
            Map.entry("started-with-first-token", FlushFaults::startedWithFirstText),
            Map.entry("started-while-queued", StartedAtAccept::new));

    private FlushFaults() {}

    private static Frame joined(List<Frame> frames) {
        return frames.getLast().writtenAs(frames.stream().map(Frame::text).collect(Collectors.joining()));
    }

    /** The head goes out with the first byte of text. */
    private static TrafficChange headWithFirstText() {
        return StreamChange.of((passage, answer) -> {
            List<Frame> held = new ArrayList<>();
            Optional<Frame> frame = answer.nextFrame();
            while (frame.isPresent() && !TextFrame.isOne(frame.get())) {
                held.add(frame.get());
                frame = answer.nextFrame();
            }
            frame.ifPresent(held::add);
            passage.pause(LONGER);
            passage.fired();
            passage.client().head(answer.head());
            if (!held.isEmpty()) {
                passage.client().body(joined(held).bytes());
            }
            StreamChange.rest(passage, answer);
        });
    }

    /** The head goes out at once, and the job is said to have started when its prefill is done. */
    private static TrafficChange startedWithFirstText() {
        return StreamChange.of((passage, answer) -> {
            passage.client().head(answer.head());
            List<Frame> held = new ArrayList<>();
            Optional<Frame> frame = answer.nextFrame();
            while (frame.isPresent() && !TextFrame.isOne(frame.get())) {
                held.add(frame.get());
                frame = answer.nextFrame();
            }
            frame.ifPresent(held::add);
            passage.pause(LONGER);
            passage.fired();
            if (!held.isEmpty()) {
                passage.client().body(joined(held).bytes());
            }
            StreamChange.rest(passage, answer);
        });
    }

    /** A layer compresses for who takes that, and sends when its buffer is full: for a stream that is at its end. */
    private static TrafficChange compressed() {
        return StreamChange.of((passage, answer) -> {
            boolean asked = passage.request()
                    .header("Accept-Encoding")
                    .filter(accepted -> accepted.contains("gzip"))
                    .isPresent();
            if (!asked) {
                passage.client().head(answer.head());
                StreamChange.rest(passage, answer);
                return;
            }
            passage.client().head(answer.head().with("Content-Encoding", "gzip"));
            var out = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(out)) {
                gzip.write(answer.allOfBody());
            }
            passage.fired();
            passage.client().body(out.toByteArray());
            passage.client().end();
        });
    }

    /** The head goes out when the job's turn comes. */
    private static TrafficChange headWithStarted() {
        return StreamChange.of((passage, answer) -> {
            Optional<Frame> first = answer.nextFrame();
            while (first.isPresent() && first.get().data().isEmpty()) {
                first = answer.nextFrame();
            }
            passage.pause(LONGER);
            passage.fired();
            passage.client().head(answer.head());
            if (first.isPresent()) {
                passage.client().body(first.get().bytes());
            }
            StreamChange.rest(passage, answer);
        });
    }

    /** Nothing is written before all is there. */
    private static final class UntilEnd implements Changer {
        private final List<Frame> held = new ArrayList<>();

        @Override
        public List<Frame> change(Frame frame, Runnable fired) {
            held.add(frame);
            if (!frame.isTerminal()) {
                return List.of();
            }
            fired.run();
            Frame all = joined(held);
            held.clear();
            return List.of(all);
        }
    }

    /** Tokens are written by the block. */
    private static final class Blocks implements Changer {
        private final List<Frame> held = new ArrayList<>();

        @Override
        public List<Frame> change(Frame frame, Runnable fired) {
            boolean text = TextFrame.isOne(frame);
            if (!text && held.isEmpty()) {
                return List.of(frame);
            }
            held.add(frame);
            if (text && held.size() < BLOCK) {
                return List.of();
            }
            fired.run();
            Frame block = joined(held);
            held.clear();
            return List.of(block);
        }
    }

    /** A loop with a pause in it writes one event at a time; what is left at the end leaves at once. */
    private static final class Slow implements Changer {
        private final List<Frame> held = new ArrayList<>();
        private long last = System.nanoTime();

        @Override
        public List<Frame> change(Frame frame, Runnable fired) {
            held.add(frame);
            if (frame.isTerminal()) {
                fired.run();
                Frame all = joined(held);
                held.clear();
                return List.of(all);
            }
            long now = System.nanoTime();
            if (!frame.is("started") && now - last < TICK.toNanos()) {
                return List.of();
            }
            last = now;
            return List.of(held.removeFirst());
        }
    }
}
