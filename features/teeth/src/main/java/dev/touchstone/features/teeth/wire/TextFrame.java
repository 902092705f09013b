package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A frame that brings text, in either dialect: a {@code token} event, or a chunk with text and without a finish_reason.
 *
 * @param at the member that holds the text
 */
record TextFrame(Frame frame, String at) {

    /** Empty where a frame brings no text. */
    static Optional<TextFrame> of(Frame frame) {
        if (frame.is("token")) {
            return Optional.of(new TextFrame(frame, "/t"));
        }
        Optional<ObjectNode> chunk = frame.json().filter(json -> frame.event().isEmpty());
        for (String at : new String[] {"/choices/0/text", "/choices/0/delta/content"}) {
            if (chunk.filter(json -> json.at(at).isTextual()
                            && !json.at(at).textValue().isEmpty()
                            && !json.at("/choices/0/finish_reason").isTextual())
                    .isPresent()) {
                return Optional.of(new TextFrame(frame, at));
            }
        }
        return Optional.empty();
    }

    static boolean isOne(Frame frame) {
        return of(frame).isPresent();
    }

    String text() {
        return frame.json().map(json -> json.at(at).asText()).orElse("");
    }

    /** The same frame with another text. */
    Frame with(String text) {
        int slash = at.lastIndexOf('/');
        return frame.edited(json -> {
            JsonNode holder = slash == 0 ? json : json.at(at.substring(0, slash));
            if (holder instanceof ObjectNode object) {
                object.put(at.substring(slash + 1), text);
            }
        });
    }
}
