package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.features.teeth.wire.FrameChange.Changer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/** Changes of frames that many faults are made of. */
final class Streams {

    private Streams() {}

    /** Every stream of text is changed by a changer of its own. */
    static FrameChange changed(Supplier<Changer> changers) {
        return FrameChange.of(ClientRequest::asksForText, changers);
    }

    /** The JSON of every frame of that event type is changed. */
    static FrameChange edited(String event, Consumer<ObjectNode> edit) {
        return FrameChange.each(event, frame -> List.of(frame.edited(edit)));
    }

    /**
     * Frames with text are replaced.
     *
     * @param which of a stream's frames with text, counted from 0
     */
    static FrameChange texts(IntPredicate which, Function<Frame, List<Frame>> change) {
        return changed(() -> new Changer() {
            private int number;

            @Override
            public List<Frame> change(Frame frame, Runnable fired) {
                if (!TextFrame.isOne(frame) || !which.test(number++)) {
                    return List.of(frame);
                }
                fired.run();
                return change.apply(frame);
            }
        });
    }

    /** The last event of a stream, whatever its dialect, is replaced. */
    static FrameChange terminals(Function<Frame, List<Frame>> change) {
        return changed(() -> (frame, fired) -> {
            if (!frame.isTerminal()) {
                return List.of(frame);
            }
            fired.run();
            return change.apply(frame);
        });
    }
}
