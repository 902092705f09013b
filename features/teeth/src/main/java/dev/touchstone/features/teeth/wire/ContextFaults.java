package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Prompts and limits of the context treated otherwise than promised. */
final class ContextFaults {

    private static final int MOST_TOKENS = 2048;
    private static final int MEGABYTE = 900_000;
    private static final int SLOTS = 8;
    private static final int CHARACTERS = 32_768;

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            over("prompt-cut-silently", (passage, tooLong) -> served(passage, tooLong.askForTail(passage), f -> f)),
            over("context-shift", ContextFaults::shifted),
            over("over-context-empty-stream", ContextFaults::emptyStream),
            over(
                    "over-context-500",
                    (passage, _) -> answer(passage, SmallAnswer.of(500, "text/plain", "Internal Server Error"))),
            over("over-context-hangs", (passage, _) -> {
                passage.fired();
                Bodies.hang(passage);
            }),
            over("over-context-error-in-stream", ContextFaults::errorInStream),
            over(
                    "over-context-blames-max-tokens",
                    (passage, tooLong) -> answer(passage, tooLong.refusal().edited(o -> {
                        o.put("code", "INVALID_REQUEST");
                        o.put("field", "max_tokens");
                        o.put(
                                "message",
                                "max_tokens must be at least 1, got " + (tooLong.context() - tooLong.promptTokens())
                                        + ".");
                    }))),
            over(
                    "over-context-no-numbers",
                    (passage, tooLong) -> answer(
                            passage,
                            tooLong.refusal()
                                    .edited(o -> o.remove(List.of("prompt_tokens", "max_tokens", "context_length"))))),
            over(
                    "over-context-413",
                    (passage, tooLong) -> answer(passage, tooLong.refusal().withStatus(413))),
            over(
                    "over-context-counts-no-bos",
                    (passage, tooLong) -> answer(
                            passage,
                            tooLong.refusal().edited(o -> o.put("prompt_tokens", tooLong.promptTokens() - 1)))),
            over("context-limit-one-high", ContextFaults::oneTooMany),
            over("context-limit-doubled", ContextFaults::doubled),
            Map.entry("over-context-error-in-stream-openai", ContextFaults::errorInData),
            Map.entry("over-context-crash", OverContextCrash::new),
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
                            (_, _) -> Optional.of(SmallAnswer.of(500, "text/plain", "Internal Server Error")))),
            Map.entry("only-tail-read-but-counted", OnlyTail::new),
            Map.entry("refused-prompts-leak-slots", LeakedSlots::new));

    private ContextFaults() {}

    private static Map.Entry<String, Supplier<TrafficChange>> over(String id, OverContext.Instead instead) {
        return Map.entry(id, () -> new OverContext(instead));
    }

    static void answer(Passage passage, SmallAnswer answer) throws IOException {
        passage.fired();
        passage.client().answer(answer.head(), answer.bytes());
    }

    private static void served(Passage passage, WorkerAnswer answer, UnaryOperator<Frame> change) throws IOException {
        passage.fired();
        if (!answer.head().isEventStream()) {
            Repair.pass(answer, passage.client());
            return;
        }
        passage.client().head(answer.head());
        for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            passage.client().body(change.apply(frame.get()).bytes());
        }
        passage.client().end();
    }

    /** A prompt that fits alone is served to its end, the oldest tokens being forgotten; a longer one is refused. */
    private static void shifted(Passage passage, LongPrompt tooLong) throws IOException {
        if (tooLong.promptTokens() > tooLong.context()) {
            passage.client().answer(tooLong.refusal().head(), tooLong.refusal().bytes());
        } else {
            served(passage, tooLong.askForTail(passage), tooLong::telling);
        }
    }

    private static void doubled(Passage passage, LongPrompt tooLong) throws IOException {
        if (tooLong.promptTokens() + tooLong.maxTokens() > 2 * tooLong.context()) {
            passage.client().answer(tooLong.refusal().head(), tooLong.refusal().bytes());
        } else {
            served(passage, tooLong.askForTail(passage), tooLong::telling);
        }
    }

    private static void oneTooMany(Passage passage, LongPrompt tooLong) throws IOException {
        boolean byOne = tooLong.promptTokens() + tooLong.maxTokens() == tooLong.context() + 1;
        if (byOne && tooLong.maxTokens() > 1) {
            served(
                    passage,
                    passage.ask(passage.request().edited(o -> o.put("max_tokens", tooLong.maxTokens() - 1))),
                    f -> f);
        } else if (byOne) {
            served(passage, tooLong.askForTail(passage), tooLong::telling);
        } else {
            passage.client().answer(tooLong.refusal().head(), tooLong.refusal().bytes());
        }
    }

    private static AnswerHead streamHead() {
        return new AnswerHead(
                200,
                "OK",
                List.of(
                        new HeaderLine("Content-Type", "text/event-stream; charset=utf-8"),
                        new HeaderLine("Cache-Control", "no-store")));
    }

    private static void emptyStream(Passage passage, LongPrompt tooLong) throws IOException {
        passage.fired();
        passage.client().head(streamHead());
        String id = tooLong.request().json().map(o -> o.path("job_id").asText()).orElse("");
        passage.client()
                .body(Frame.of(
                                "started",
                                "{\"job_id\":\"" + id + "\",\"model\":\"m\",\"started_at\":\"" + java.time.Instant.now()
                                        + "\",\"seed\":1}")
                        .bytes());
        passage.client()
                .body(Frame.of(
                                "end",
                                "{\"tokens_out\":0,\"tokens_in\":" + tooLong.promptTokens()
                                        + ",\"decode_time_ms\":0.0,\"stop_reason\":\"max_tokens\"}")
                        .bytes());
        passage.client().end();
    }

    private static void errorInStream(Passage passage, LongPrompt tooLong) throws IOException {
        passage.fired();
        passage.client().head(streamHead());
        passage.client().body(Frame.of("error", tooLong.refusal().body()).bytes());
        passage.client().end();
    }

    private static TrafficChange errorInData() {
        return AnswerChange.of(
                r -> r.asksForText()
                        && r.json().filter(o -> o.path("stream").asBoolean()).isPresent(),
                (_, own) -> own.body().contains("context_length_exceeded")
                        ? Optional.of(new SmallAnswer(streamHead(), "data: " + own.body() + "\n\ndata: [DONE]\n\n"))
                        : Optional.empty());
    }

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
                answer(passage, SmallAnswer.of(503, "text/plain", "busy"));
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

    /** A prompt over the context ends the process. */
    private static final class OverContextCrash implements TrafficChange {
        private volatile boolean dead;
        private final TrafficChange alive = new OverContext((passage, _) -> {
            passage.fired();
            dead = true;
            passage.client().reset();
        });

        @Override
        public void handle(Passage passage) throws IOException, InterruptedException {
            if (dead) {
                passage.client().reset();
            } else {
                alive.handle(passage);
            }
        }
    }

    /** Of a long prompt only the last characters are read, though all tokens are counted. */
    private static final class OnlyTail implements TrafficChange {
        private static final int LONG = 1200;
        private static final int KEPT = 800;

        @Override
        public void handle(Passage passage) throws IOException {
            Optional<String> prompt = passage.request().is("POST", "/execute")
                    ? passage.request().json().map(o -> o.path("prompt").asText())
                    : Optional.empty();
            if (prompt.filter(p -> p.length() > LONG).isEmpty()) {
                passage.relay();
                return;
            }
            Optional<LongPrompt> counted = LongPrompt.counted(passage);
            int asked = passage.request()
                    .json()
                    .map(o -> o.path("max_tokens").asInt())
                    .orElse(0);
            if (counted.filter(c -> c.promptTokens() + asked <= c.context()).isEmpty()) {
                passage.relay();
                return;
            }
            served(
                    passage,
                    passage.ask(passage.request()
                            .edited(o -> o.put(
                                    "prompt",
                                    prompt.get().substring(prompt.get().length() - KEPT)))),
                    counted.get()::telling);
        }
    }

    /** Each prompt that is refused as too long keeps its slot; after some there is none left. */
    private static final class LeakedSlots implements TrafficChange {
        private final AtomicInteger leaked = new AtomicInteger();
        private final TrafficChange counting = new OverContext((passage, tooLong) -> {
            leaked.incrementAndGet();
            passage.client().answer(tooLong.refusal().head(), tooLong.refusal().bytes());
        });

        @Override
        public void handle(Passage passage) throws IOException, InterruptedException {
            if (passage.request().asksForText() && leaked.get() >= SLOTS) {
                SmallAnswer busy = SmallAnswer.json(
                        503,
                        "{\"code\":\"BUSY\",\"message\":\"The queue is full; try again later.\",\"retriable\":true}");
                answer(passage, new SmallAnswer(busy.head().with("Retry-After", "1"), busy.body()));
            } else {
                counting.handle(passage);
            }
        }
    }
}
