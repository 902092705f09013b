package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A gateway that looks for stop sequences itself: it withholds as much text as the longest could be, and flushes that at
 * the end as it is, with the marker by which its engine ends a text.
 */
final class StopWindow {

    private StopWindow() {}

    static void handle(Passage passage) throws IOException {
        int window = window(passage.request());
        if (window == 0) {
            passage.relay();
            return;
        }
        Deque<Frame> withheld = new ArrayDeque<>();
        Forward.streamed(passage, passage.request(), frame -> {
            if (frame.is("token")) {
                withheld.add(frame);
            } else {
                for (Frame late : frame.is("end") ? flushed(passage, withheld, frame) : List.<Frame>of()) {
                    passage.client().body(late.bytes());
                }
                passage.client().body(frame.bytes());
            }
            while (withheld.size() > window) {
                passage.client().body(withheld.remove().bytes());
            }
        });
    }

    private static List<Frame> flushed(Passage passage, Deque<Frame> withheld, Frame end) {
        List<Frame> rest = new ArrayList<>(withheld);
        withheld.clear();
        boolean eos = end.json()
                .filter(data -> data.path("stop_reason").asText().equals("eos"))
                .isPresent();
        if (eos && !rest.isEmpty()) {
            passage.fired();
            Frame last = rest.removeLast();
            rest.add(last.edited(data -> data.put("t", data.path("t").asText() + "<|im_end|>")));
        }
        return rest;
    }

    private static int window(ClientRequest request) {
        int longest = 0;
        for (JsonNode stop : request.asksForText()
                ? request.json()
                        .map(body -> (Iterable<JsonNode>) body.path("stop"))
                        .orElse(List.of())
                : List.<JsonNode>of()) {
            longest = Math.max(longest, stop.asText().length());
        }
        return longest;
    }
}
