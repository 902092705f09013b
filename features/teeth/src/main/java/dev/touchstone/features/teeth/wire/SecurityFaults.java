package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Routes, headers and bodies that a stranger may misuse. */
final class SecurityFaults {

    private static final int DEEPEST = 10_000;

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("job-id-injects-events", () -> SecurityFaults::injected),
            Map.entry("job-id-of-any-length", () -> SecurityFaults::anyLength),
            Map.entry("second-use-of-id-starves-first", TwiceUsedId::new),
            Map.entry("deep-json-kills-connection", () -> SecurityFaults::overflown),
            Map.entry("server-version-banner", () -> heads(head -> head.with("Server", "uvicorn/0.34.0"))),
            Map.entry("cors-for-everyone", () -> heads(head -> head.with("Access-Control-Allow-Origin", "*"))),
            Map.entry("nosniff-missing", () -> heads(head -> head.without("X-Content-Type-Options"))),
            Map.entry("slots-show-prompts", SecurityFaults::slots),
            Map.entry("exception-in-500", () -> errors(SecurityFaults::exception)),
            Map.entry("error-names-model-path", () -> errors(SecurityFaults::path)));

    private SecurityFaults() {}

    private static TrafficChange heads(UnaryOperator<AnswerHead> change) {
        return passage -> {
            WorkerAnswer answer = passage.ask();
            passage.fired();
            passage.client().head(change.apply(answer.head()));
            byte[] piece = new byte[8 * 1024];
            for (int read = answer.body().read(piece);
                    read >= 0;
                    read = answer.body().read(piece)) {
                passage.client().body(java.util.Arrays.copyOf(piece, read));
            }
            passage.client().end();
        };
    }

    private static String jobId(ClientRequest request) {
        return request.is("POST", "/execute")
                ? request.json().map(json -> json.path("job_id").asText()).orElse("")
                : "";
    }

    /** An id with line ends is taken, and stands in the event as it came. */
    private static void injected(Passage passage) throws IOException {
        String id = jobId(passage.request());
        if (id.chars().noneMatch(Character::isISOControl)) {
            passage.relay();
            return;
        }
        passage.fired();
        reflected(passage, id);
    }

    private static void anyLength(Passage passage) throws IOException {
        String id = jobId(passage.request());
        if (id.length() <= 128) {
            passage.relay();
            return;
        }
        passage.fired();
        reflected(passage, id);
    }

    /** The worker gets another id, the client its own. */
    private static void reflected(Passage passage, String id) throws IOException {
        String own = "own-" + Integer.toHexString(id.hashCode());
        WorkerAnswer answer = passage.ask(passage.request().edited(json -> json.put("job_id", own)));
        passage.client().head(answer.head());
        for (var frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            passage.client().body(frame.get().text().replace(own, id));
        }
        passage.client().end();
    }

    /** The thread that reads the JSON dies of its depth, and nobody answers. */
    private static void overflown(Passage passage) throws IOException {
        if (depth(passage.request().body()) > DEEPEST) {
            passage.fired();
            passage.client().reset();
        } else {
            passage.relay();
        }
    }

    private static int depth(byte[] body) {
        int depth = 0;
        int deepest = 0;
        for (byte b : body) {
            depth += b == '[' || b == '{' ? 1 : b == ']' || b == '}' ? -1 : 0;
            deepest = Math.max(deepest, depth);
        }
        return deepest;
    }

    /** A debug route, on by default, that lists what runs. */
    private static TrafficChange slots() {
        Set<String> running = ConcurrentHashMap.newKeySet();
        return passage -> {
            if (passage.request().is("GET", "/slots")) {
                ArrayNode slots = Json.object().putArray("slots");
                running.forEach(
                        prompt -> slots.addObject().put("is_processing", true).put("prompt", prompt));
                if (!running.isEmpty()) {
                    passage.fired();
                }
                passage.client()
                        .answer(AnswerHead.json(200, "OK"), slots.toString().getBytes(StandardCharsets.UTF_8));
                return;
            }
            String prompt = passage.request().asksForText()
                    ? passage.request()
                            .json()
                            .map(json -> json.path("prompt").asText() + json.path("messages"))
                            .orElse("")
                    : "";
            if (!prompt.isEmpty()) {
                running.add(prompt);
            }
            try {
                passage.relay();
            } finally {
                running.remove(prompt);
            }
        };
    }

    private static TrafficChange errors(BodyChange.Edit edit) {
        return BodyChange.refusals(ClientRequest::asksForText, edit);
    }

    private static BodyChange.Whole exception(ClientRequest request, BodyChange.Whole answer) {
        return said(answer, "java.lang.ClassCastException: class TextNode cannot be cast to class IntNode")
                .withStatus(500, "Internal Server Error");
    }

    private static BodyChange.Whole path(ClientRequest request, BodyChange.Whole answer) {
        return said(answer, "invalid request for model /home/alice/.cache/models/tiny-chat.gguf");
    }

    private static BodyChange.Whole said(BodyChange.Whole answer, String message) {
        return answer.edited(body -> {
            for (ObjectNode object : List.of(body)) {
                (object.path("error") instanceof ObjectNode error ? error : object).put("message", message);
            }
        });
    }
}
