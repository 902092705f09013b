package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Health that is slow, false or of another form. */
final class HealthFaults {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
    private static final int THREADS = 8;

    static final Map<String, Supplier<TrafficChange>> ALL = all();

    private HealthFaults() {}

    private static Map<String, Supplier<TrafficChange>> all() {
        Map<String, Supplier<TrafficChange>> all = new HashMap<>();
        for (String member : List.of(
                "status",
                "model",
                "resident",
                "quant_kind",
                "vram_bytes_used",
                "tokenizer_kind",
                "vocab_size",
                "context_length",
                "uptime_seconds",
                "worker_id")) {
            all.put("health-without-" + member.replace('_', '-'), () -> form(o -> o.remove(member)));
        }
        for (String member : List.of("resident", "vram_bytes_used", "vocab_size", "context_length", "uptime_seconds")) {
            all.put(
                    "health-" + member.replace('_', '-') + "-as-text",
                    () -> form(o -> o.put(member, o.path(member).asText())));
        }
        all.put("health-status-ok", () -> form(o -> o.put("status", "ok")));
        all.put("health-resident-as-number", () -> form(o -> o.put("resident", 0)));
        all.put("health-vram-negative", () -> form(o -> o.put("vram_bytes_used", -1)));
        all.put("health-vocab-zero", () -> form(o -> o.put("vocab_size", 0)));
        all.put("health-queue-depth-as-text", () -> form(o -> o.put("queue_depth", "0")));
        all.put("health-only-ok", () -> answer(SmallAnswer.json(200, "{\"status\":\"ok\"}")));
        all.put("health-behind-engine", () -> waiting(running -> running.get() > 0, false));
        all.put("health-out-of-threads", () -> waiting(running -> running.get() >= THREADS, false));
        all.put("health-waits-for-prefill", () -> waiting(running -> running.get() > 0, true));
        all.put(
                "health-503-when-busy",
                () -> new Watching(false, (passage, running) -> {
                    if (running.get() > 0) {
                        Bodies.answer(passage, SmallAnswer.json(503, "{\"status\":\"no slot available\"}"));
                    } else {
                        passage.relay();
                    }
                }));
        all.put("health-slow", () -> passage -> {
            if (isHealth(passage)) {
                passage.fired();
                passage.pause(Duration.ofMillis(150));
            }
            passage.relay();
        });
        all.put("health-fails-at-times", Flaky::new);
        all.put("health-stalls-decoding", Stalling::new);
        all.put("health-shows-no-job", () -> form(HealthFaults::idle));
        all.put("health-shows-a-job-always", () -> form(o -> o.put("queue_depth", 1)));
        all.put("health-shows-the-last-job", LastJob::new);
        return Map.copyOf(all);
    }

    static boolean isHealth(Passage passage) {
        return passage.request().is("GET", "/health");
    }

    private static TrafficChange form(Consumer<ObjectNode> edit) {
        return AnswerChange.of(r -> r.is("GET", "/health"), (_, own) -> Optional.of(own.edited(edit)));
    }

    private static TrafficChange answer(SmallAnswer answer) {
        return AnswerChange.of(r -> r.is("GET", "/health"), (_, _) -> Optional.of(answer));
    }

    private static void idle(ObjectNode health) {
        health.remove("active_job");
        health.put("queue_depth", 0);
    }

    private static TrafficChange waiting(Predicate<AtomicInteger> busy, boolean untilToken) {
        return new Watching(untilToken, (passage, running) -> {
            while (busy.test(running)) {
                passage.fired();
                passage.pause(LOOK_AGAIN);
            }
            passage.relay();
        });
    }

    /** What health does, given how many generations run. */
    @FunctionalInterface
    private interface Health {
        void handle(Passage passage, AtomicInteger running) throws IOException, InterruptedException;
    }

    /** Counts the generations that run, to their end or only to their first token. */
    private static final class Watching implements TrafficChange {
        private final AtomicInteger running = new AtomicInteger();
        private final boolean untilToken;
        private final Health health;

        Watching(boolean untilToken, Health health) {
            this.untilToken = untilToken;
            this.health = health;
        }

        @Override
        public void handle(Passage passage) throws IOException, InterruptedException {
            if (isHealth(passage)) {
                health.handle(passage, running);
            } else if (passage.request().asksForText()) {
                running.incrementAndGet();
                stream(passage);
            } else {
                passage.relay();
            }
        }

        private void stream(Passage passage) throws IOException {
            boolean counted = true;
            try {
                WorkerAnswer answer = passage.ask();
                if (!answer.head().isEventStream()) {
                    Repair.pass(answer, passage.client());
                    return;
                }
                passage.client().head(answer.head());
                for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                    if (counted && untilToken && frame.get().is("token")) {
                        counted = false;
                        running.decrementAndGet();
                    }
                    passage.client().body(frame.get().bytes());
                }
                passage.client().end();
            } finally {
                if (counted) {
                    running.decrementAndGet();
                }
            }
        }
    }

    /** One call of twenty fails. */
    private static final class Flaky implements TrafficChange {
        private static final int EVERY = 20;
        private final AtomicInteger calls = new AtomicInteger();

        @Override
        public void handle(Passage passage) throws IOException {
            if (isHealth(passage) && calls.incrementAndGet() % EVERY == 0) {
                Bodies.answer(passage, SmallAnswer.of(500, "text/plain", "Internal Server Error"));
            } else {
                passage.relay();
            }
        }
    }

    /** Each call of health makes the engine wait for the device before its next token. */
    private static final class Stalling implements TrafficChange {
        private static final Duration STALL = Duration.ofMillis(80);
        private final AtomicLong calls = new AtomicLong();

        @Override
        public void handle(Passage passage) throws IOException, InterruptedException {
            if (isHealth(passage)) {
                calls.incrementAndGet();
                passage.relay();
                return;
            }
            WorkerAnswer answer = passage.ask();
            if (!answer.head().isEventStream()) {
                Repair.pass(answer, passage.client());
                return;
            }
            passage.client().head(answer.head());
            long seen = calls.get();
            for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                if (calls.get() > seen && frame.get().is("token")) {
                    passage.fired();
                    passage.pause(STALL);
                    seen = calls.get();
                }
                passage.client().body(frame.get().bytes());
            }
            passage.client().end();
        }
    }

    /** The job that ran last is still told as active. */
    private static final class LastJob implements TrafficChange {
        private volatile String last = "";

        @Override
        public void handle(Passage passage) throws IOException, InterruptedException {
            if (!isHealth(passage)) {
                passage.request()
                        .json()
                        .filter(o -> o.has("prompt"))
                        .ifPresent(o -> last = o.path("job_id").asText());
                passage.relay();
                return;
            }
            AnswerChange.of(
                            r -> true,
                            (_, own) -> last.isEmpty()
                                    ? Optional.empty()
                                    : Optional.of(own.edited(o -> o.put("active_job", last))))
                    .handle(passage);
        }
    }
}
