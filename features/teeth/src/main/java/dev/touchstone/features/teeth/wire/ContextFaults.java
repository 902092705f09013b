package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** The length of the context, limits that were left out, and very long prompts treated otherwise than promised. */
final class ContextFaults {

    private static final int MOST_TOKENS = 2048;
    private static final int MEGABYTE = 900_000;
    private static final int CHARACTERS = 32_768;

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("full-context-runs-on", () -> new FullContext(FullContext::repeats)),
            Map.entry("health-context-too-large", () -> declared(n -> n + 64)),
            Map.entry("health-context-of-training", () -> declared(n -> 4 * n)),
            Map.entry("health-context-too-small", () -> declared(n -> n - 64)),
            Map.entry("omitted-limit-2048", () -> Repair.json(o -> omitted(o, MOST_TOKENS))),
            Map.entry("omitted-limit-16", () -> Repair.json(o -> omitted(o, 16))),
            Map.entry("omitted-limit-past-context", () -> longer(8)),
            Map.entry("omitted-limit-one-over", () -> longer(1)),
            Map.entry("megabyte-slowly-refused", () -> slowly(false)),
            Map.entry("megabyte-stops-health", () -> slowly(true)),
            Map.entry("megabyte-out-of-memory", () -> new Death(r -> r.body().length > MEGABYTE, false)),
            Map.entry(
                    "megabyte-500",
                    () -> AnswerChange.of(
                            r -> r.body().length > MEGABYTE,
                            (_, _) -> Optional.of(SmallAnswer.json(500, "{\"detail\":\"MemoryError\"}")))),
            Map.entry("megabyte-cut-and-served", () -> cutTo(MEGABYTE, 200)),
            Map.entry("prompt-cut-at-32768", () -> cutTo(CHARACTERS, CHARACTERS)),
            Map.entry(
                    "prompt-limit-10000-characters",
                    () -> limited(10_000, "prompt must have at most 10000 characters.")),
            Map.entry("long-prompt-no-limit-named", () -> limited(CHARACTERS, "prompt is too long.")),
            Map.entry(
                    "long-prompt-500",
                    () -> AnswerChange.of(
                            r -> length(r) > CHARACTERS,
                            (_, _) -> Optional.of(SmallAnswer.of(500, "text/plain", "Internal Server Error")))));

    private ContextFaults() {}

    /** Health declares another context than the worker keeps. */
    private static TrafficChange declared(java.util.function.IntUnaryOperator other) {
        return AnswerChange.of(
                r -> r.is("GET", "/health"),
                (_, answer) -> Optional.of(answer.edited(o -> o.put(
                        "context_length",
                        other.applyAsInt(o.path("context_length").asInt())))));
    }

    private static boolean omitted(ObjectNode body, int limit) {
        boolean hit = body.has("prompt") && !body.has("max_tokens");
        if (hit) {
            body.put("max_tokens", limit);
        }
        return hit;
    }

    /** Without max_tokens some tokens more come than were left. */
    private static TrafficChange longer(int tokens) {
        return FrameChange.of(
                r -> r.is("POST", "/execute")
                        && r.json().filter(o -> !o.has("max_tokens")).isPresent(),
                () -> (frame, fired) -> {
                    if (!frame.is("end") || !frame.data().contains("max_tokens")) {
                        return List.of(frame);
                    }
                    fired.run();
                    int out =
                            frame.json().map(o -> o.path("tokens_out").asInt()).orElse(0);
                    List<Frame> all = new ArrayList<>();
                    for (int n = 0; n < tokens; n++) {
                        all.add(Frame.of("token", "{\"t\":\" and\",\"i\":" + (out + n) + "}"));
                    }
                    all.add(frame.edited(o -> o.put("tokens_out", out + tokens)));
                    return all;
                });
    }

    private static int length(ClientRequest request) {
        return request.body().length < CHARACTERS
                ? 0
                : request.json().map(o -> o.path("prompt").asText().length()).orElse(0);
    }

    /** A very long prompt is worked at for a while before it is refused; health may have to wait for that. */
    private static TrafficChange slowly(boolean healthWaits) {
        var busy = new AtomicBoolean();
        return passage -> {
            if (passage.request().body().length > MEGABYTE) {
                passage.fired();
                busy.set(true);
                passage.pause(Duration.ofMillis(1500));
                busy.set(false);
            } else if (healthWaits && busy.get() && passage.request().is("GET", "/health")) {
                Bodies.answer(passage, SmallAnswer.of(503, "text/plain", "busy"));
                return;
            }
            passage.relay();
        };
    }

    private static TrafficChange cutTo(int above, int characters) {
        return Repair.of(request -> length(request) > above
                ? Optional.of(request.edited(
                        o -> o.put("prompt", o.path("prompt").asText().substring(0, characters))))
                : Optional.empty());
    }

    private static TrafficChange limited(int characters, String message) {
        return AnswerChange.of(
                request -> length(request) > characters
                        || (characters < CHARACTERS && request.body().length > 2 * characters),
                (_, _) -> Optional.of(SmallAnswer.json(
                        400,
                        "{\"code\":\"INVALID_REQUEST\",\"field\":\"prompt\",\"message\":\"" + message
                                + "\",\"retriable\":false}")));
    }
}
