package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Prompts that do not fit the context treated otherwise than promised. */
final class OverContextFaults {

    private static final int SLOTS = 8;

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            over("prompt-cut-silently", (passage, tooLong) -> served(passage, tooLong.askForTail(passage), f -> f)),
            over("context-shift", OverContextFaults::shifted),
            over("over-context-empty-stream", OverContextFaults::emptyStream),
            over(
                    "over-context-500",
                    (passage, _) -> Bodies.answer(passage, SmallAnswer.of(500, "text/plain", "Internal Server Error"))),
            over("over-context-hangs", (passage, _) -> {
                passage.fired();
                Bodies.hang(passage);
            }),
            over("over-context-error-in-stream", OverContextFaults::errorInStream),
            over(
                    "over-context-blames-max-tokens",
                    (passage, tooLong) ->
                            Bodies.answer(passage, tooLong.refusal().edited(o -> {
                                o.put("code", "INVALID_REQUEST");
                                o.put("field", "max_tokens");
                                o.put(
                                        "message",
                                        "max_tokens must be at least 1, got "
                                                + (tooLong.context() - tooLong.promptTokens()) + ".");
                            }))),
            over(
                    "over-context-no-numbers",
                    (passage, tooLong) -> Bodies.answer(
                            passage,
                            tooLong.refusal()
                                    .edited(o -> o.remove(List.of("prompt_tokens", "max_tokens", "context_length"))))),
            over(
                    "over-context-413",
                    (passage, tooLong) ->
                            Bodies.answer(passage, tooLong.refusal().withStatus(413))),
            over(
                    "over-context-counts-no-bos",
                    (passage, tooLong) -> Bodies.answer(
                            passage,
                            tooLong.refusal().edited(o -> o.put("prompt_tokens", tooLong.promptTokens() - 1)))),
            over("context-limit-one-high", OverContextFaults::oneTooMany),
            over("context-limit-doubled", OverContextFaults::doubled),
            Map.entry("over-context-error-in-stream-openai", OverContextFaults::errorInData),
            Map.entry("over-context-crash", OverContextCrash::new),
            Map.entry("only-tail-read-but-counted", OnlyTail::new),
            Map.entry("refused-prompts-leak-slots", LeakedSlots::new));

    private OverContextFaults() {}

    private static Map.Entry<String, Supplier<TrafficChange>> over(String id, OverContext.Instead instead) {
        return Map.entry(id, () -> new OverContext(instead));
    }

    /** As the worker does it. */
    private static void refused(Passage passage, LongPrompt tooLong) throws IOException {
        passage.client().answer(tooLong.refusal().head(), tooLong.refusal().bytes());
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
            refused(passage, tooLong);
        } else {
            served(passage, tooLong.askForTail(passage), tooLong::telling);
        }
    }

    private static void doubled(Passage passage, LongPrompt tooLong) throws IOException {
        if (tooLong.promptTokens() + tooLong.maxTokens() > 2 * tooLong.context()) {
            refused(passage, tooLong);
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
            refused(passage, tooLong);
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
            refused(passage, tooLong);
        });

        @Override
        public void handle(Passage passage) throws IOException, InterruptedException {
            if (passage.request().asksForText() && leaked.get() >= SLOTS) {
                SmallAnswer busy = SmallAnswer.json(
                        503,
                        "{\"code\":\"BUSY\",\"message\":\"The queue is full; try again later.\",\"retriable\":true}");
                Bodies.answer(passage, new SmallAnswer(busy.head().with("Retry-After", "1"), busy.body()));
            } else {
                counting.handle(passage);
            }
        }
    }
}
