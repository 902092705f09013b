package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.touchstone.features.teeth.wire.FrameChange.Changer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Text that is held back, because it may become a stop sequence, and never sent. */
final class HeldBackFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("held-back-tail-lost", TailLost::new), Map.entry("openai-held-back-tail-lost", TailLost::new));

    private HeldBackFaults() {}

    /** Where the text ends with the beginning of a stop sequence, that beginning is lost. */
    private static final class TailLost implements TrafficChange {
        @Override
        public void handle(Passage passage) throws IOException {
            List<String> stops = stops(passage.request());
            FrameChange.of(request -> request.asksForText() && !stops.isEmpty(), () -> new Cutting(stops))
                    .handle(passage);
        }

        private static List<String> stops(ClientRequest request) {
            JsonNode stop = request.json().map(json -> json.path("stop")).orElse(MissingNode.getInstance());
            List<String> all = new ArrayList<>();
            if (stop.isTextual()) {
                all.add(stop.textValue());
            }
            stop.forEach(s -> all.add(s.asText()));
            return all;
        }
    }

    private static final class Cutting implements Changer {
        private final List<String> stops;
        private final List<Frame> held = new ArrayList<>();

        Cutting(List<String> stops) {
            this.stops = stops;
        }

        @Override
        public List<Frame> change(Frame frame, Runnable fired) {
            held.add(frame);
            if (!frame.isTerminal()) {
                return List.of();
            }
            int lost = lost();
            if (lost > 0) {
                fired.run();
            }
            return without(lost);
        }

        private int lost() {
            String text = held.stream()
                    .flatMap(f -> TextFrame.of(f).stream())
                    .map(TextFrame::text)
                    .reduce("", String::concat);
            int longest = 0;
            for (String stop : stops) {
                for (int n = 1; n < stop.length(); n++) {
                    if (text.endsWith(stop.substring(0, n))) {
                        longest = Math.max(longest, n);
                    }
                }
            }
            return longest;
        }

        private List<Frame> without(int characters) {
            List<Frame> sent = new ArrayList<>();
            int left = characters;
            for (Frame frame : held.reversed()) {
                Optional<TextFrame> text = TextFrame.of(frame);
                int cut = Math.min(left, text.map(t -> t.text().length()).orElse(0));
                left -= cut;
                sent.addFirst(
                        cut == 0
                                ? frame
                                : text.map(t -> t.with(
                                                t.text().substring(0, t.text().length() - cut)))
                                        .orElse(frame));
            }
            return sent;
        }
    }
}
