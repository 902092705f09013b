package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A change of whole event streams: of their head, their end, or the time of what is sent. Everything else passes. */
final class StreamChange implements TrafficChange {

    /** How one stream is passed on; several may be under way at once. */
    @FunctionalInterface
    interface Manner {
        /** @param answer whose head says that it is an event stream, and of which nothing has been sent on */
        void pass(Passage passage, WorkerAnswer answer) throws IOException, InterruptedException;
    }

    private final Manner manner;

    private StreamChange(Manner manner) {
        this.manner = manner;
    }

    static StreamChange of(Manner manner) {
        return new StreamChange(manner);
    }

    /** Every stream gets another head, and is else as it was. */
    static StreamChange head(UnaryOperator<AnswerHead> change) {
        return of((passage, answer) -> {
            passage.fired();
            passage.client().head(change.apply(answer.head()));
            rest(passage, answer);
        });
    }

    /** Passes on what is left of a stream, frame by frame, and ends it well. */
    static void rest(Passage passage, WorkerAnswer answer) throws IOException {
        for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            passage.client().body(frame.get().bytes());
        }
        passage.client().end();
    }

    @Override
    public void handle(Passage passage) throws IOException, InterruptedException {
        if (!passage.request().asksForText()) {
            passage.relay();
            return;
        }
        WorkerAnswer answer = passage.ask();
        if (answer.head().isEventStream()) {
            manner.pass(passage, answer);
            return;
        }
        passage.client().head(answer.head());
        passage.client().body(answer.allOfBody());
        passage.client().end();
    }
}
