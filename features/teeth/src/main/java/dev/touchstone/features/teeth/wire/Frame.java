package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One frame of an event stream of our own worker: at most one event field, one data field, no more. Immutable.
 *
 * @param event the event's type, empty where the frame names none (the OpenAI dialect)
 * @param data the data field's value, empty in a frame that is only a comment
 * @param text the frame as it came, with its blank line
 */
public record Frame(String event, String data, String text) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads one frame, which ends with a blank line. */
    public static Frame parse(String text) {
        String event = "";
        String data = "";
        for (String line : text.split("\n")) {
            if (line.startsWith("event:")) {
                event = line.substring("event:".length()).strip();
            } else if (line.startsWith("data:")) {
                data = line.substring("data:".length()).strip();
            }
        }
        return new Frame(event, data, text);
    }

    /** A frame as the worker writes it. */
    public static Frame of(String event, String data) {
        return new Frame(event, data, (event.isEmpty() ? "" : "event: " + event + "\n") + "data: " + data + "\n\n");
    }

    public boolean is(String type) {
        return event.equals(type);
    }

    /** Whether nothing may follow it: end, error, or {@code [DONE]}. */
    public boolean isTerminal() {
        return is("end") || is("error") || data.equals("[DONE]");
    }

    /** The data where it is one JSON object. */
    public Optional<ObjectNode> json() {
        try {
            JsonNode node = data.isEmpty() ? null : JSON.readTree(data);
            return node instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** The same frame with its JSON changed; the same where its data is no JSON object. */
    public Frame edited(Consumer<ObjectNode> edit) {
        return json().map(object -> {
                    edit.accept(object);
                    return of(event, object.toString());
                })
                .orElse(this);
    }

    /** The same frame as other text. */
    public Frame writtenAs(String other) {
        return new Frame(event, data, other);
    }

    public byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
