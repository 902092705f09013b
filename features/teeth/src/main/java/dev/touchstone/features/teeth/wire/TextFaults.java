package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Texts cut, decoded or counted otherwise than the model wrote them. */
final class TextFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("emoji-in-surrogate-halves", SurrogateHalves::events),
            Map.entry("openai-emoji-in-surrogate-halves", SurrogateHalves::chunks),
            Map.entry("text-bytes-in-latin-1", () -> TextFaults::latin1),
            Map.entry("empty-tokens-uncounted", Uncounted::change),
            Map.entry(
                    "emoji-refused",
                    () -> refusing(prompt -> prompt.codePoints().anyMatch(Character::isSupplementaryCodePoint))),
            Map.entry("escaped-pair-broken", () -> TextFaults::pairBroken),
            Map.entry("crlf-normalised", () -> prompt(text -> text.replace("\r\n", "\n"))),
            Map.entry("joiners-dropped", () -> prompt(text -> text.replace("\u200D", ""))),
            Map.entry("tabs-become-spaces", () -> prompt(text -> text.replace('\t', ' '))),
            Map.entry("first-space-lost", FirstSpace::events),
            Map.entry("line-ends-lost", () -> text(t -> t.replace("\n", ""))),
            Map.entry("openai-stream-trimmed", () -> chunks(String::strip)),
            Map.entry("no-text-answers-500", () -> noText(TextFaults::internalError)),
            Map.entry(
                    "no-text-resets-connection",
                    () -> noText(passage -> passage.client().reset())),
            Map.entry("stop-window-flushed-raw", () -> StopWindow::handle));

    private TextFaults() {}

    /** A change of something of a text. */
    interface Change {
        String of(String text);
    }

    /** Changes the prompt of every request. */
    private static TrafficChange prompt(Change change) {
        return passage -> {
            Optional<String> prompt = prompt(passage.request());
            if (prompt.filter(text -> !change.of(text).equals(text)).isEmpty()) {
                passage.relay();
                return;
            }
            passage.fired();
            Forward.whole(passage, passage.request().edited(body -> body.put("prompt", change.of(prompt.orElse("")))));
        };
    }

    static Optional<String> prompt(ClientRequest request) {
        return request.asksForText()
                ? request.json().map(body -> body.path("prompt").asText())
                : Optional.empty();
    }

    private static TrafficChange refusing(Predicate<String> which) {
        return passage -> {
            if (prompt(passage.request()).filter(which).isEmpty()) {
                passage.relay();
                return;
            }
            passage.fired();
            String body = "{\"code\":\"INVALID_REQUEST\",\"field\":\"prompt\","
                    + "\"message\":\"prompt must be a string of characters below U+10000.\",\"retriable\":false}";
            passage.client().answer(AnswerHead.json(400, "Bad Request"), body.getBytes(StandardCharsets.UTF_8));
        };
    }

    /** Each escape is read by itself, and half a pair is no character. */
    private static void pairBroken(Passage passage) throws IOException, InterruptedException {
        String body = new String(passage.request().body(), StandardCharsets.UTF_8);
        String broken = body.replaceAll("\\\\u[dD][89abAB]..\\\\u[dD][c-fC-F]..", "\\\\uFFFD\\\\uFFFD");
        if (!passage.request().asksForText() || broken.equals(body)) {
            passage.relay();
            return;
        }
        passage.fired();
        Forward.whole(passage, passage.request().withBody(broken.getBytes(StandardCharsets.UTF_8)));
    }

    /** Changes the text of every token event. */
    static TrafficChange text(Change change) {
        return FrameChange.of(
                ClientRequest::asksForText,
                () -> (frame, fired) ->
                        List.of(frame.is("token") ? frame.edited(data -> put(data, "t", change, fired)) : frame));
    }

    /** Changes the text of every chunk. */
    private static TrafficChange chunks(Change change) {
        return FrameChange.of(
                ClientRequest::asksForText,
                () -> (frame, fired) -> List.of(frame.edited(data -> {
                    if (data.path("choices").path(0) instanceof ObjectNode choice) {
                        put(choice, "text", change, fired);
                        if (choice.path("delta") instanceof ObjectNode delta) {
                            put(delta, "content", change, fired);
                        }
                    }
                })));
    }

    private static void put(ObjectNode data, String name, Change change, Runnable fired) {
        String text = data.path(name).asText();
        if (data.has(name) && !change.of(text).equals(text)) {
            fired.run();
            data.put(name, change.of(text));
        }
    }

    /** The stream is written in Latin-1: characters beyond it are question marks. */
    private static void latin1(Passage passage) throws IOException {
        Forward.streamed(passage, passage.request(), frame -> {
            byte[] bytes = frame.text().getBytes(StandardCharsets.ISO_8859_1);
            if (bytes.length < frame.bytes().length) {
                passage.fired();
            }
            passage.client().body(bytes);
        });
    }

    /** What is done with a request that is no text. */
    private interface Answer {
        void to(Passage passage) throws IOException;
    }

    private static TrafficChange noText(Answer answer) {
        return passage -> {
            if (!passage.request().asksForText()
                    || !NoTextBody.is(passage.request().body())) {
                passage.relay();
                return;
            }
            passage.fired();
            answer.to(passage);
        };
    }

    private static void internalError(Passage passage) throws IOException {
        String body = "{\"code\":\"INTERNAL\",\"message\":\"The worker failed to handle the request.\","
                + "\"retriable\":false}";
        passage.client().answer(AnswerHead.json(500, "Internal Server Error"), body.getBytes(StandardCharsets.UTF_8));
    }

    /** The first token of a text loses its leading space. */
    private static final class FirstSpace {
        static TrafficChange events() {
            return FrameChange.of(ClientRequest::asksForText, () -> new FrameChange.Changer() {
                private boolean first = true;

                @Override
                public List<Frame> change(Frame frame, Runnable fired) {
                    boolean due = first && frame.is("token");
                    first &= !frame.is("token");
                    return List.of(due ? frame.edited(data -> put(data, "t", String::stripLeading, fired)) : frame);
                }
            });
        }
    }

    /** Tokens without text are neither sent nor counted, nor numbered. */
    private static final class Uncounted {
        static TrafficChange change() {
            return FrameChange.of(ClientRequest::asksForText, () -> new FrameChange.Changer() {
                private int sent;

                @Override
                public List<Frame> change(Frame frame, Runnable fired) {
                    boolean empty = frame.is("token")
                            && frame.json()
                                    .filter(data -> data.path("t").asText().isEmpty())
                                    .isPresent();
                    if (empty) {
                        fired.run();
                        return List.of();
                    }
                    Consumer<ObjectNode> count =
                            frame.is("token") ? data -> data.put("i", sent++) : data -> data.put("tokens_out", sent);
                    return List.of(frame.is("token") || frame.is("end") ? frame.edited(count) : frame);
                }
            });
        }
    }
}
