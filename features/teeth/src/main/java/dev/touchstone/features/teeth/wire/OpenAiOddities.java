package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Chunks of the OpenAI dialect as other servers write them. */
final class OpenAiOddities {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("null-usage-in-every-chunk", () -> chunks(chunk -> chunk.putIfAbsent("usage", chunk.nullNode()))),
            Map.entry(
                    "comment-before-done",
                    () -> OddAnswer.plain().only(ClientRequest::asksForText).framed(OpenAiOddities::commentBeforeDone)),
            Map.entry(
                    "empty-deltas",
                    () -> OddAnswer.plain()
                            .only(ClientRequest::asksForText)
                            .framedByStream(OpenAiOddities::emptyDeltas)),
            Map.entry("extra-fields-in-chunks", () -> chunks(OpenAiOddities::addFields)),
            Map.entry(
                    "processing-comments",
                    () -> OddAnswer.plain().only(ClientRequest::asksForText).framed(text -> ": PROCESSING\n\n" + text)),
            Map.entry("chunks-of-several-tokens", SeveralTokens::new));

    private OpenAiOddities() {}

    private static TrafficChange chunks(Consumer<ObjectNode> edit) {
        return FrameChange.of(ClientRequest::asksForText, () -> (frame, fired) -> {
            fired.run();
            return java.util.List.of(frame.edited(edit));
        });
    }

    private static void addFields(ObjectNode chunk) {
        chunk.put("system_fingerprint", "fp_44709d6fcb")
                .put("service_tier", "default")
                .put("obfuscation", "aZ9");
        for (JsonNode choice : chunk.path("choices")) {
            if (choice instanceof ObjectNode object) {
                object.putNull("logprobs").put("x_flag", true);
            }
        }
    }

    private static String commentBeforeDone(String text) {
        return text.startsWith("data: [DONE]") ? ": 1\n\n" + text : text;
    }

    private static java.util.function.UnaryOperator<String> emptyDeltas() {
        AtomicInteger frames = new AtomicInteger();
        return text -> {
            Frame frame = Frame.parse(text);
            boolean plain = frame.json()
                    .filter(json ->
                            json.path("choices").path(0).path("finish_reason").isNull())
                    .isPresent();
            if (!plain || frames.getAndIncrement() % 3 != 1) {
                return text;
            }
            return frame.edited(OpenAiOddities::emptyText).text() + text;
        };
    }

    private static void emptyText(ObjectNode chunk) {
        JsonNode choice = chunk.path("choices").path(0);
        if (choice.path("delta") instanceof ObjectNode delta) {
            delta.removeAll();
            delta.put("content", "");
        } else if (choice instanceof ObjectNode object && object.has("text")) {
            object.put("text", "");
        }
    }

    /** Three tokens' text travels in one chunk. */
    private static final class SeveralTokens implements TrafficChange {
        private static final int TOGETHER = 3;

        @Override
        public void handle(Passage passage) throws IOException {
            WorkerAnswer answer = passage.ask();
            if (!answer.head().isEventStream() || !passage.request().path().startsWith("/v1/")) {
                pass(passage, answer);
                return;
            }
            passage.client().head(answer.head());
            StringBuilder text = new StringBuilder();
            int held = 0;
            for (var frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                String own = text(frame.get());
                boolean last = !frame.get()
                        .json()
                        .filter(json -> json.path("choices")
                                .path(0)
                                .path("finish_reason")
                                .isNull())
                        .isPresent();
                if (!last && !own.isEmpty() && ++held < TOGETHER) {
                    text.append(own);
                    passage.fired();
                    continue;
                }
                if (last
                        && !text.isEmpty()
                        && own.isEmpty()
                        && frame.get().json().isPresent()) {
                    passage.client().body(withText(frame.get(), text.toString()).bytes());
                } else {
                    String all = text + own;
                    passage.client()
                            .body(
                                    own.isEmpty()
                                            ? frame.get().bytes()
                                            : withText(frame.get(), all).bytes());
                }
                text.setLength(0);
                held = 0;
            }
            passage.client().end();
        }

        private static void pass(Passage passage, WorkerAnswer answer) throws IOException {
            passage.client().head(answer.head());
            if (answer.head().isEventStream()) {
                for (var frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                    passage.client().body(frame.get().bytes());
                }
            } else {
                passage.client().body(answer.allOfBody());
            }
            passage.client().end();
        }

        private static String text(Frame frame) {
            return frame.json()
                    .map(json -> {
                        JsonNode choice = json.path("choices").path(0);
                        return choice.path("delta").path("content").asText("")
                                + choice.path("text").asText("");
                    })
                    .orElse("");
        }

        private static Frame withText(Frame frame, String text) {
            return frame.edited(json -> {
                JsonNode choice = json.path("choices").path(0);
                if (choice.path("delta") instanceof ObjectNode delta) {
                    delta.put("content", text);
                } else if (choice instanceof ObjectNode object) {
                    object.put("text", text);
                }
            });
        }
    }
}
