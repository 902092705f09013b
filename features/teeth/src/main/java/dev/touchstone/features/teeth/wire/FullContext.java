package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A worker that goes wrong where a stream reaches the end of the context. */
final class FullContext implements TrafficChange {

    /** What is done in place of the end of a stream that filled the context. */
    @FunctionalInterface
    interface AtTheEnd {
        /** @param tokens the stream's last token events */
        void of(Passage passage, List<Frame> tokens, Frame end) throws IOException, InterruptedException;
    }

    private static final int KEPT = 64;

    private final AtTheEnd instead;
    private volatile int context;

    FullContext(AtTheEnd instead) {
        this.instead = instead;
    }

    @Override
    public void handle(Passage passage) throws IOException, InterruptedException {
        if (passage.request().is("GET", "/health")) {
            health(passage);
        } else if (passage.request().asksForText()) {
            stream(passage);
        } else {
            passage.relay();
        }
    }

    private void health(Passage passage) throws IOException {
        WorkerAnswer answer = passage.ask();
        byte[] body = answer.allOfBody();
        context = new ObjectMapper()
                .readTree(new String(body, StandardCharsets.UTF_8))
                .path("context_length")
                .asInt();
        passage.client().answer(answer.head(), body);
    }

    private void stream(Passage passage) throws IOException, InterruptedException {
        WorkerAnswer answer = passage.ask();
        if (!answer.head().isEventStream()) {
            Repair.pass(answer, passage.client());
            return;
        }
        passage.client().head(answer.head());
        List<Frame> tokens = new ArrayList<>();
        for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            if (frame.get().is("token")) {
                tokens.add(frame.get());
            }
            if (frame.get().is("end") && fills(frame.get())) {
                passage.fired();
                instead.of(passage, tokens.subList(Math.max(0, tokens.size() - KEPT), tokens.size()), frame.get());
            } else {
                passage.client().body(frame.get().bytes());
            }
        }
        passage.client().end();
    }

    private boolean fills(Frame end) {
        return end.json()
                .filter(o -> context > 0
                        && o.path("tokens_in").asInt() + o.path("tokens_out").asInt() == context)
                .isPresent();
    }

    /** The text goes on from its own beginning, past max_tokens, and only then ends. */
    static void repeats(Passage passage, List<Frame> tokens, Frame end) throws IOException {
        int index = end.json().map(o -> o.path("tokens_out").asInt()).orElse(0);
        for (Frame token : tokens) {
            int next = index++;
            passage.client().body(token.edited(o -> o.put("i", next)).bytes());
        }
        int out = index;
        passage.client().body(end.edited(o -> o.put("tokens_out", out)).bytes());
    }
}
