package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.touchstone.features.teeth.wire.FrameChange.Changer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Streams whose events come in another order, or another number of times, than promised. */
final class EventOrderFaults {

    /** Longer than the kit ever waits; the client's going away ends it. */
    private static final Duration FOR_EVER = Duration.ofMinutes(10);

    private static final int CUT_AFTER = 6;

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("two-terminals", () -> FrameChange.each("end", end -> List.of(end, end))),
            Map.entry("two-started", () -> FrameChange.each("started", started -> List.of(started, started))),
            Map.entry("error-after-end", () -> FrameChange.each("end", end -> List.of(end, internalError()))),
            Map.entry("token-before-started", EventOrderFaults::tokenBeforeStarted),
            Map.entry("started-missing", () -> FrameChange.each("started", started -> List.of())),
            Map.entry("token-after-end", EventOrderFaults::tokenAfterEnd),
            Map.entry("terminal-missing", () -> Streams.terminals(terminal -> List.of())),
            Map.entry("body-left-open", () -> openAfter("end")),
            Map.entry("body-left-open-after-error", () -> openAfter("error")),
            Map.entry("stream-cut-now-and-then", () -> stopped(4, ClientSide::close)),
            Map.entry("openai-stream-cut-now-and-then", () -> stopped(4, ClientSide::close)),
            Map.entry("truncated-body-ends-well", () -> stopped(1, ClientSide::end)),
            Map.entry("openai-truncated-body-ends-well", () -> stopped(1, ClientSide::end)),
            Map.entry("metrics-before-started", () -> FrameChange.each("started", s -> List.of(metrics(), s))),
            Map.entry("metrics-after-end", () -> FrameChange.each("end", end -> List.of(end, metrics()))));

    private EventOrderFaults() {}

    private static Frame metrics() {
        return Frame.of("metrics", "{\"tokens_in\":12,\"time_to_first_token_ms\":3.1,\"tokens_per_second\":812.4}");
    }

    private static Frame internalError() {
        var data = JsonNodeFactory.instance.objectNode();
        data.put("code", "INTERNAL")
                .put("message", "The stream was closed twice.")
                .put("retriable", false);
        return Frame.of("error", data.toString());
    }

    /** The thread that decodes overtakes the one that greets. */
    private static TrafficChange tokenBeforeStarted() {
        return Streams.changed(() -> new Changer() {
            private Optional<Frame> started = Optional.empty();

            @Override
            public List<Frame> change(Frame frame, Runnable fired) {
                if (frame.is("started")) {
                    started = Optional.of(frame);
                    return List.of();
                }
                if (started.isEmpty()) {
                    return List.of(frame);
                }
                Frame late = started.get();
                started = Optional.empty();
                fired.run();
                return List.of(frame, late);
            }
        });
    }

    /** The last token waits in a buffer while the end goes out. */
    private static TrafficChange tokenAfterEnd() {
        return Streams.changed(() -> new Changer() {
            private Optional<Frame> last = Optional.empty();

            @Override
            public List<Frame> change(Frame frame, Runnable fired) {
                if (frame.is("token")) {
                    Optional<Frame> before = last;
                    last = Optional.of(frame);
                    return before.stream().toList();
                }
                if (!frame.is("end") || last.isEmpty()) {
                    return List.of(frame);
                }
                fired.run();
                return List.of(frame, last.get());
            }
        });
    }

    private static TrafficChange openAfter(String terminal) {
        return StreamChange.of((passage, answer) -> {
            passage.client().head(answer.head());
            for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                passage.client().body(frame.get().bytes());
                if (frame.get().is(terminal)) {
                    passage.fired();
                    passage.pause(FOR_EVER);
                }
            }
            passage.client().end();
        });
    }

    /** What is done to the client where the stream stops. */
    @FunctionalInterface
    private interface Ending {
        void end(ClientSide client) throws IOException;
    }

    /** Every so manyth stream stops after a few frames, without a terminal event. */
    private static TrafficChange stopped(int every, Ending ending) {
        var streams = new AtomicInteger();
        return StreamChange.of((passage, answer) -> {
            passage.client().head(answer.head());
            if (streams.incrementAndGet() % every != 0) {
                StreamChange.rest(passage, answer);
                return;
            }
            for (int n = 0; n < CUT_AFTER; n++) {
                Optional<Frame> frame = answer.nextFrame().filter(f -> !f.isTerminal());
                if (frame.isEmpty()) {
                    break;
                }
                passage.client().body(frame.get().bytes());
            }
            passage.fired();
            ending.end(passage.client());
        });
    }
}
