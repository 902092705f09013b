package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.util.Optional;

/** Asks the worker for something else than the client did, and passes its answer on. */
final class Forward {

    private Forward() {}

    /** What is done with each frame of a stream. */
    interface Each {
        void frame(Frame frame) throws IOException;
    }

    /** Passes the whole answer on as it comes. */
    static void whole(Passage passage, ClientRequest request) throws IOException {
        streamed(passage, request, frame -> passage.client().body(frame.bytes()));
    }

    /** Passes an answer on that is no stream, and hands over the frames of one. */
    static void streamed(Passage passage, ClientRequest request, Each each) throws IOException {
        if (!request.asksForText()) {
            passage.relay();
            return;
        }
        WorkerAnswer answer = passage.ask(request);
        passage.client().head(answer.head());
        if (answer.head().isEventStream()) {
            for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                each.frame(frame.get());
            }
        } else {
            passage.client().body(answer.allOfBody());
        }
        passage.client().end();
    }
}
