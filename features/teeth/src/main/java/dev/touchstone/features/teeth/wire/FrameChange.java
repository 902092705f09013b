package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A change of the frames of event streams, one after another; everything else passes. A stream has its own changer, so a
 * changer may remember what came before.
 */
public final class FrameChange implements TrafficChange {

    /** Changes the frames of one stream. */
    @FunctionalInterface
    public interface Changer {
        /**
         * @return what is sent in the frame's place, nothing to swallow it
         * @param fired to be run where the fault shows
         */
        List<Frame> change(Frame frame, Runnable fired);
    }

    private final Predicate<ClientRequest> which;
    private final Supplier<Changer> changers;

    private FrameChange(Predicate<ClientRequest> which, Supplier<Changer> changers) {
        this.which = which;
        this.changers = changers;
    }

    /** Changes the streams of the requests that match, each by a changer of its own. */
    public static FrameChange of(Predicate<ClientRequest> which, Supplier<Changer> changers) {
        return new FrameChange(which, changers);
    }

    /** Changes every stream's frames of that event type. */
    public static FrameChange each(String event, Function<Frame, List<Frame>> change) {
        return of(ClientRequest::asksForText, () -> (frame, fired) -> {
            if (!frame.is(event)) {
                return List.of(frame);
            }
            fired.run();
            return change.apply(frame);
        });
    }

    @Override
    public void handle(Passage passage) throws IOException {
        if (!which.test(passage.request())) {
            passage.relay();
            return;
        }
        WorkerAnswer answer = passage.ask();
        ClientSide client = passage.client();
        client.head(answer.head());
        if (!answer.head().isEventStream()) {
            client.body(answer.allOfBody());
            client.end();
            return;
        }
        Changer changer = changers.get();
        for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            for (Frame sent : changer.change(frame.get(), passage::fired)) {
                client.body(sent.bytes());
            }
        }
        client.end();
    }
}
