package dev.touchstone.harness.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Judges OA-01: a stream is data-only chunks of one answer with one finish_reason, and then {@code [DONE]}. By OpenAI's
 * public API reference: a chunk may carry no choice (usage), no text or several tokens, and further members.
 */
public final class ChunkForm {
    private static final String RULE = "OA-01";
    /** The reasons that the reference names; the contract's worker gives the first two. */
    private static final Set<String> REASONS =
            Set.of("stop", "length", "content_filter", "tool_calls", "function_call");

    private ChunkForm() {}

    /**
     * @param object what each chunk must say that it is
     * @param closing how long the worker may take from {@code [DONE]} to the end of the body
     */
    public static Verdict judge(Generation generation, String object, Duration closing) {
        var findings = new Findings(RULE);
        if (generation.exchange().status() != 200) {
            return findings.add("a stream", "the answer was " + generation.outcome())
                    .broken();
        }
        List<SseEvent> events = generation.stream().events();
        events.stream()
                .filter(e -> !e.type().equals("message"))
                .forEach(e -> findings.at(e, "data-only events", "one was named " + Shown.quoted(e.type())));
        done(events, generation, closing, findings);
        List<SseEvent> chunks = events.stream().filter(e -> !isDone(e)).toList();
        members(chunks, object, findings);
        finish(chunks, generation, findings);
        if (generation.tokens().isEmpty()) {
            return findings.orInconclusive("no chunk carried text: " + generation.outcome());
        }
        return findings.orHeld("%d chunks of one %s, finish_reason %s, then [DONE]"
                .formatted(chunks.size(), object, generation.stopReason().orElse("")));
    }

    /** Judges by another rule that the chunks come to one end and nothing follows it; an error is an end too. */
    static Verdict order(String rule, Generation generation, Duration closing) {
        var findings = new Findings(rule);
        List<SseEvent> events = generation.stream().events();
        boolean failed = generation.terminal().isPresent() && !generation.ended();
        if (!failed) {
            done(events, generation, closing, findings);
            finish(events.stream().filter(e -> !isDone(e)).toList(), generation, findings);
        }
        return findings.orHeld("%d events, %s, and the body closed"
                .formatted(events.size(), failed ? "an error" : "one finish_reason and [DONE]"));
    }

    private static boolean isDone(SseEvent event) {
        return event.data().strip().equals(OpenAiReading.DONE);
    }

    private static void done(List<SseEvent> events, Generation generation, Duration closing, Findings findings) {
        List<SseEvent> done = events.stream().filter(ChunkForm::isDone).toList();
        if (done.isEmpty()) {
            findings.add(
                    "data: [DONE] at the end",
                    "none came among %d events, and %s"
                            .formatted(
                                    events.size(),
                                    Shown.end(generation.exchange().end())));
            return;
        }
        int at = events.indexOf(done.getFirst());
        if (at + 1 < events.size()) {
            findings.at(
                    events.get(at + 1),
                    "nothing after [DONE]",
                    Shown.brief(events.get(at + 1).data()) + " came after it");
        }
        BodyEnd end = generation.exchange().end();
        long late = end.nanos() - done.getFirst().nanos();
        if (!(end instanceof BodyEnd.Complete) || late > closing.toNanos()) {
            findings.at(
                    done.getFirst(),
                    "the body closed within %d ms of [DONE]".formatted(closing.toMillis()),
                    Shown.end(end) + ", %s after [DONE]".formatted(Shown.millis(late)));
        }
    }

    private static void members(List<SseEvent> chunks, String object, Findings findings) {
        Optional<Fields> first = Optional.empty();
        for (SseEvent event : chunks) {
            Optional<Fields> read = Fields.of(event.data());
            if (read.isEmpty()) {
                findings.at(event, "one JSON object as the data", "it was " + Shown.brief(event.data()));
                continue;
            }
            Fields chunk = read.get();
            text(chunk, "id", event, findings);
            text(chunk, "model", event, findings);
            if (chunk.string("object").filter(object::equals).isEmpty()) {
                findings.at(event, "object " + object, "it was " + chunk.shown("object"));
            }
            if (chunk.integer("created").isEmpty()) {
                findings.at(event, "created, an integer", "it was " + chunk.shown("created"));
            }
            first.ifPresent(f -> List.of("id", "created", "model").forEach(name -> {
                if (!chunk.shown(name).equals(f.shown(name))) {
                    findings.at(
                            event,
                            "the same %s in every chunk, %s".formatted(name, f.shown(name)),
                            "it was " + chunk.shown(name));
                }
            }));
            first = first.or(() -> read);
        }
    }

    private static void text(Fields chunk, String name, SseEvent event, Findings findings) {
        if (chunk.string(name).filter(t -> !t.isEmpty()).isEmpty()) {
            findings.at(event, name + ", a string", "it was " + chunk.shown(name));
        }
    }

    private static void finish(List<SseEvent> chunks, Generation generation, Findings findings) {
        Optional<SseEvent> seen = Optional.empty();
        for (SseEvent event : chunks) {
            Optional<JsonNode> choice = Fields.of(event.data()).flatMap(OpenAiReading::choice);
            if (choice.isEmpty()) {
                continue;
            }
            JsonNode reason = choice.get().path("finish_reason");
            boolean carriesText = generation.tokens().stream().anyMatch(t -> t.event() == event);
            if (seen.isPresent() && (carriesText || !isNone(reason))) {
                findings.at(
                        event,
                        isNone(reason) ? "no text after the finish_reason" : "one finish_reason",
                        Shown.brief(event.data()) + " came after it");
            }
            if (isNone(reason)) {
                continue;
            }
            if (!reason.isTextual() || !REASONS.contains(reason.textValue())) {
                findings.at(event, "finish_reason null, stop or length", "it was " + Shown.brief(reason.toString()));
            }
            seen = seen.or(() -> Optional.of(event));
        }
        if (seen.isEmpty()) {
            findings.add("one finish_reason, stop or length", "none came in %d chunks".formatted(chunks.size()));
        }
    }

    private static boolean isNone(JsonNode reason) {
        return reason.isMissingNode() || reason.isNull();
    }
}
