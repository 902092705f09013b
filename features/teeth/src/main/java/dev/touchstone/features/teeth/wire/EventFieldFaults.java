package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.features.teeth.wire.FrameChange.Changer;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Events whose fields say something else than promised. */
final class EventFieldFaults {

    /** The token at which a fault of some tokens shows. */
    private static final int ONE = 5;
    /** Of a worker somewhere east of Greenwich. */
    private static final int HOURS = 2;

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("started-with-other-job", () -> Streams.edited("started", s -> s.put("job_id", "job-0"))),
            Map.entry("started-with-model-path", () -> Streams.edited("started", EventFieldFaults::modelPath)),
            Map.entry("started-without-seed", () -> Streams.edited("started", s -> s.remove("seed"))),
            Map.entry("started-at-with-offset", () -> startedAt(EventFieldFaults::withOffset)),
            Map.entry("started-at-local-time", () -> startedAt(EventFieldFaults::localTime)),
            Map.entry("started-at-without-zone", () -> startedAt(s -> s.replace("Z", ""))),
            Map.entry("i-from-one", () -> numbered(n -> true, i -> i + 1)),
            Map.entry("i-skips-one", () -> numbered(n -> n >= ONE, i -> i + 1)),
            Map.entry("i-twice", () -> numbered(n -> n >= ONE, i -> i - 1)),
            Map.entry("tokens-out-of-order", EventFieldFaults::swapped),
            Map.entry("last-token-lost", EventFieldFaults::lastTextLost),
            Map.entry("openai-last-token-lost", EventFieldFaults::lastTextLost),
            Map.entry("tokens-out-one-more", () -> tokensOut(n -> n + 1)),
            Map.entry("tokens-out-one-less", () -> tokensOut(n -> n - 1)),
            Map.entry("tokens-out-zero", () -> tokensOut(n -> 0)),
            Map.entry("decode-time-negative", () -> Streams.edited("end", e -> e.put("decode_time_ms", -1.5))),
            Map.entry("decode-time-in-microseconds", () -> Streams.edited("end", EventFieldFaults::microseconds)),
            Map.entry("reason-length", () -> reason("length")),
            Map.entry("reason-stop-unasked", () -> reason("stop")),
            Map.entry("reason-missing", () -> Streams.edited("end", e -> e.remove("stop_reason"))),
            Map.entry("reason-eos-at-the-limit", () -> reason("eos")));

    private EventFieldFaults() {}

    private static void modelPath(ObjectNode started) {
        started.put("model", started.path("model").asText() + ".gguf");
    }

    private static TrafficChange startedAt(UnaryOperator<String> change) {
        return Streams.edited(
                "started",
                s -> s.put("started_at", change.apply(s.path("started_at").asText())));
    }

    private static String withOffset(String utc) {
        return Instant.parse(utc)
                .atOffset(ZoneOffset.ofHours(HOURS))
                .truncatedTo(ChronoUnit.MILLIS)
                .toString();
    }

    /** The local time, said to be UTC. */
    private static String localTime(String utc) {
        return Instant.parse(utc).plus(HOURS, ChronoUnit.HOURS).toString();
    }

    private static TrafficChange numbered(IntPredicate which, UnaryOperator<Integer> change) {
        return Streams.texts(
                which,
                frame -> List.of(frame.edited(
                        token -> token.put("i", change.apply(token.path("i").asInt())))));
    }

    /** Two threads send tokens, and one of them was quicker. */
    private static TrafficChange swapped() {
        return Streams.changed(() -> new Changer() {
            private int number;
            private final List<Frame> held = new ArrayList<>();

            @Override
            public List<Frame> change(Frame frame, Runnable fired) {
                if (frame.is("token") && number++ == ONE) {
                    held.add(frame);
                    return List.of();
                }
                if (held.isEmpty() || !frame.is("token")) {
                    return List.of(frame);
                }
                fired.run();
                return List.of(frame, held.removeFirst());
            }
        });
    }

    /** The streamer takes the last token for the sign that nothing more comes. */
    private static TrafficChange lastTextLost() {
        return Streams.changed(() -> new Changer() {
            private Optional<Frame> held = Optional.empty();

            @Override
            public List<Frame> change(Frame frame, Runnable fired) {
                Optional<Frame> before = held;
                if (TextFrame.isOne(frame)) {
                    held = Optional.of(frame);
                    return before.stream().toList();
                }
                if (before.isPresent()) {
                    fired.run();
                    held = Optional.empty();
                }
                return List.of(frame);
            }
        });
    }

    private static TrafficChange tokensOut(UnaryOperator<Integer> change) {
        return Streams.edited(
                "end",
                end -> end.put("tokens_out", change.apply(end.path("tokens_out").asInt())));
    }

    private static void microseconds(ObjectNode end) {
        end.put("decode_time_ms", end.path("decode_time_ms").decimalValue().multiply(BigDecimal.valueOf(1000)));
    }

    /** Another word for the end of a text that ran on to its limit. */
    private static TrafficChange reason(String other) {
        Consumer<ObjectNode> edit = end -> end.put("stop_reason", other);
        return Streams.changed(() -> (frame, fired) -> {
            boolean limit = frame.is("end")
                    && frame.json()
                            .filter(e -> e.path("stop_reason").asText().equals("max_tokens"))
                            .isPresent();
            if (!limit) {
                return List.of(frame);
            }
            fired.run();
            return List.of(frame.edited(edit));
        });
    }
}
