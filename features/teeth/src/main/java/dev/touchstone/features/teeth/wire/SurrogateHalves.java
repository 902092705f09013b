package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Cuts texts within surrogate pairs, as JavaScript and Java do that count UTF-16 units. */
final class SurrogateHalves {

    private SurrogateHalves() {}

    /** The second half goes to the next token's event. */
    static TrafficChange events() {
        return FrameChange.of(ClientRequest::asksForText, () -> new FrameChange.Changer() {
            private Optional<Frame> kept = Optional.empty();

            @Override
            public List<Frame> change(Frame frame, Runnable fired) {
                Optional<Frame> before = kept;
                kept = frame.is("token") ? Optional.of(frame) : Optional.empty();
                String t = before.map(SurrogateHalves::text).orElse("");
                if (kept.isPresent() && !t.isEmpty() && Character.isLowSurrogate(t.charAt(t.length() - 1))) {
                    fired.run();
                    kept = Optional.of(with(frame, t.substring(t.length() - 1) + text(frame)));
                    before = before.map(b -> with(b, t.substring(0, t.length() - 1)));
                }
                List<Frame> out = new ArrayList<>(
                        before.map(SurrogateHalves::spelled).stream().toList());
                if (kept.isEmpty()) {
                    out.add(frame);
                }
                return out;
            }
        });
    }

    private static String text(Frame frame) {
        return frame.json().map(data -> data.path("t").asText()).orElse("");
    }

    private static Frame with(Frame frame, String t) {
        return frame.edited(data -> data.put("t", t));
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
