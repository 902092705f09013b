package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Cuts texts within surrogate pairs, as JavaScript and Java do that count UTF-16 units. */
final class SurrogateHalves {

    private SurrogateHalves() {}

    /** The first half goes to a token event before, which had no text. */
    static TrafficChange events() {
        return FrameChange.of(ClientRequest::asksForText, () -> new FrameChange.Changer() {
            private final List<Frame> empty = new ArrayList<>();

            @Override
            public List<Frame> change(Frame frame, Runnable fired) {
                String t = frame.is("token")
                        ? frame.json().map(data -> data.path("t").asText()).orElse("")
                        : "";
                if (frame.is("token") && t.isEmpty()) {
                    empty.add(frame);
                    return List.of();
                }
                List<Frame> out = new ArrayList<>(empty);
                empty.clear();
                if (out.isEmpty() || t.isEmpty() || !Character.isHighSurrogate(t.charAt(0))) {
                    out.add(frame);
                    return out;
                }
                fired.run();
                out.add(spelled(out.removeLast().edited(data -> data.put("t", t.substring(0, 1)))));
                out.add(spelled(frame.edited(data -> data.put("t", t.substring(1)))));
                return out;
            }
        });
    }

    /** A chunk becomes two. */
    static TrafficChange chunks() {
        return FrameChange.of(ClientRequest::asksForText, () -> (frame, fired) -> {
            String text = frame.json()
                    .map(data -> data.path("choices").path(0).path("text").asText())
                    .orElse("");
            int at = 0;
            while (at < text.length() && !Character.isHighSurrogate(text.charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                return List.of(frame);
            }
            fired.run();
            String head = text.substring(0, at + 1);
            String tail = text.substring(at + 1);
            return List.of(chunk(frame, head), chunk(frame, tail));
        });
    }

    private static Frame chunk(Frame frame, String text) {
        return spelled(frame.edited(data -> {
            if (data.path("choices").path(0) instanceof ObjectNode choice) {
                choice.put("text", text);
            }
        }));
    }

    /** Halves can only be written as escapes. */
    private static Frame spelled(Frame frame) {
        StringBuilder out = new StringBuilder();
        frame.data()
                .chars()
                .forEach(c -> out.append(
                        Character.isSurrogate((char) c) ? "\\u%04x".formatted(c) : String.valueOf((char) c)));
        return Frame.of(frame.event(), out.toString());
    }
}
