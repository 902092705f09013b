package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Jobs that fail in mid-stream, and ids of jobs, treated otherwise than promised. */
final class FailureFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            failure("failed-job-reset", (passage, _) -> passage.client().reset()),
            failure("failed-job-cut", (passage, _) -> passage.client().close()),
            failure("failed-job-without-event", (passage, _) -> passage.client().end()),
            failure("failed-job-two-errors", (passage, error) -> {
                passage.client().body(error.bytes());
                passage.client().body(error.bytes());
                passage.client().end();
            }),
            failure("failed-job-body-open", (passage, error) -> {
                passage.client().body(error.bytes());
                Bodies.hang(passage);
            }),
            edited("failed-job-own-code", o -> o.put("code", "ABORTED_BY_USER")),
            edited("failed-job-no-message", o -> o.remove("message")),
            edited("failed-job-no-retriable", o -> o.remove("retriable")),
            edited(
                    "failed-job-exception-text",
                    o -> o.put("message", "asyncio.exceptions.CancelledError: at engine.step(engine.py:311)")),
            failure("failed-job-plain-text", (passage, _) -> {
                passage.client().body("event: error\ndata: generation failed\n\n");
                passage.client().end();
            }),
            Map.entry("unknown-members-refused", () -> new Strict(false)),
            Map.entry("null-members-refused", () -> new Strict(true)),
            Map.entry("members-in-any-case", () -> Repair.json(FailureFaults::anyCase)),
            Map.entry("two-streams-share-an-id", () -> FailureFaults::renamed),
            Map.entry(
                    "duplicate-id-409",
                    () -> AnswerChange.invalid(a -> a.text("message").contains("differ")
                            ? new SmallAnswer(a.head().withStatus(409, "Conflict"), a.body())
                            : a)),
            Map.entry("finished-id-refused", UsedIds::new));

    private FailureFaults() {}

    /** What becomes of an error event and of the stream after it. */
    @FunctionalInterface
    private interface End {
        void of(Passage passage, Frame error) throws IOException, InterruptedException;
    }

    private static Map.Entry<String, Supplier<TrafficChange>> failure(String id, End end) {
        return Map.entry(id, () -> StreamChange.of((passage, answer) -> stream(passage, answer, end)));
    }

    private static void stream(Passage passage, WorkerAnswer answer, End end) throws IOException, InterruptedException {
        passage.client().head(answer.head());
        for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            if (frame.get().is("error")) {
                passage.fired();
                end.of(passage, frame.get());
                return;
            }
            passage.client().body(frame.get().bytes());
        }
        passage.client().end();
    }

    private static Map.Entry<String, Supplier<TrafficChange>> edited(String id, Consumer<ObjectNode> edit) {
        return Map.entry(id, () -> FrameChange.each("error", error -> List.of(error.edited(edit))));
    }

    /** Members are matched whatever the case of their letters, and the last one counts. */
    private static boolean anyCase(ObjectNode body) {
        boolean hit = body.has("Max_Tokens");
        if (hit) {
            body.set("max_tokens", body.get("Max_Tokens"));
        }
        return hit;
    }

    /** Every job runs under a name of the worker's own, so that two clients may share an id; both are told that id. */
    private static void renamed(Passage passage) throws IOException {
        Optional<String> id =
                passage.request().json().map(o -> o.path("job_id").asText()).filter(one -> !one.isEmpty());
        if (id.isEmpty() || !passage.request().is("POST", "/execute")) {
            passage.relay();
            return;
        }
        passage.fired();
        WorkerAnswer answer =
                passage.ask(passage.request().edited(o -> o.put("job_id", id.get() + "-" + System.nanoTime())));
        if (!answer.head().isEventStream()) {
            Repair.pass(answer, passage.client());
            return;
        }
        passage.client().head(answer.head());
        for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            Frame told = frame.get().is("started") ? frame.get().edited(o -> o.put("job_id", id.get())) : frame.get();
            passage.client().body(told.bytes());
        }
        passage.client().end();
    }

    /** Refuses members that it does not know, or that are null. */
    private record Strict(boolean onlyNull) implements TrafficChange {
        private static final Set<String> KNOWN = Set.of(
                "job_id",
                "prompt",
                "max_tokens",
                "temperature",
                "top_p",
                "top_k",
                "min_p",
                "repetition_penalty",
                "stop",
                "seed");

        @Override
        public void handle(Passage passage) throws IOException {
            Optional<String> unknown = passage.request().is("POST", "/execute")
                    ? passage.request().json().flatMap(this::unknown)
                    : Optional.empty();
            if (unknown.isEmpty()) {
                passage.relay();
                return;
            }
            passage.fired();
            SmallAnswer refusal = SmallAnswer.json(
                    400,
                    "{\"code\":\"INVALID_REQUEST\",\"field\":\"" + unknown.get() + "\",\"message\":\"" + unknown.get()
                            + " is not a member of the request.\",\"retriable\":false}");
            passage.client().answer(refusal.head(), refusal.bytes());
        }

        private Optional<String> unknown(ObjectNode body) {
            return body.propertyStream()
                    .filter(member -> !KNOWN.contains(member.getKey()))
                    .filter(member -> !onlyNull || member.getValue().isNull())
                    .map(Map.Entry::getKey)
                    .findFirst();
        }
    }

    /** Ids are never free again. */
    private static final class UsedIds implements TrafficChange {
        private final Set<String> used = ConcurrentHashMap.newKeySet();

        @Override
        public void handle(Passage passage) throws IOException {
            Optional<String> id = passage.request().is("POST", "/execute")
                    ? passage.request().json().map(o -> o.path("job_id").asText())
                    : Optional.empty();
            if (id.isEmpty() || used.add(id.get())) {
                passage.relay();
                return;
            }
            passage.fired();
            SmallAnswer refusal = SmallAnswer.json(
                    400,
                    "{\"code\":\"INVALID_REQUEST\",\"field\":\"job_id\",\"message\":\"job_id has been used.\",\"retriable\":false}");
            passage.client().answer(refusal.head(), refusal.bytes());
        }
    }
}
