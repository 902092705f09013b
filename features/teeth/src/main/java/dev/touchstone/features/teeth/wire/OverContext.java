package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A worker that does something else where it should refuse a request as too long for the context. */
final class OverContext implements TrafficChange {

    /** What is done instead. */
    @FunctionalInterface
    interface Instead {
        void answer(Passage passage, LongPrompt tooLong) throws IOException, InterruptedException;
    }

    private final Instead instead;

    OverContext(Instead instead) {
        this.instead = instead;
    }

    @Override
    public void handle(Passage passage) throws IOException, InterruptedException {
        if (!passage.request().asksForText()) {
            passage.relay();
            return;
        }
        WorkerAnswer answer = passage.ask();
        if (answer.head().isEventStream()) {
            Repair.pass(answer, passage.client());
            return;
        }
        var whole = new SmallAnswer(answer.head(), new String(answer.allOfBody(), StandardCharsets.UTF_8));
        Optional<LongPrompt> tooLong = LongPrompt.of(passage.request(), whole);
        if (tooLong.isPresent()) {
            instead.answer(passage, tooLong.get());
        } else {
            passage.client().answer(whole.head(), whole.bytes());
        }
    }
}
