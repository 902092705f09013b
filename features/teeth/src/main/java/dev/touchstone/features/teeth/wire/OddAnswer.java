package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Answers that say the same in another manner. Every answer passes through {@code head}; the frames of a stream through
 * {@code frames} and {@code writing}, any other body through {@code body}.
 */
record OddAnswer(
        Predicate<ClientRequest> which,
        UnaryOperator<AnswerHead> head,
        Supplier<UnaryOperator<String>> frames,
        UnaryOperator<byte[]> body,
        Writing writing)
        implements TrafficChange {

    /** How the bytes of a frame are sent. */
    @FunctionalInterface
    interface Writing {
        Writing AT_ONCE = (passage, bytes) -> passage.client().body(bytes);

        void write(Passage passage, byte[] bytes) throws IOException, InterruptedException;
    }

    /** Every answer as it is. */
    static OddAnswer plain() {
        return new OddAnswer(_ -> true, UnaryOperator.identity(), UnaryOperator::identity, b -> b, Writing.AT_ONCE);
    }

    OddAnswer only(Predicate<ClientRequest> some) {
        return new OddAnswer(some, head, frames, body, writing);
    }

    OddAnswer headed(UnaryOperator<AnswerHead> odd) {
        return new OddAnswer(which, odd, frames, body, writing);
    }

    /** Each frame's text is changed, whatever came before it. */
    OddAnswer framed(UnaryOperator<String> odd) {
        return framedByStream(() -> odd);
    }

    /** Each stream has a changer of its own, which may count. */
    OddAnswer framedByStream(Supplier<UnaryOperator<String>> odd) {
        return new OddAnswer(which, head, odd, body, writing);
    }

    OddAnswer bodied(UnaryOperator<byte[]> odd) {
        return new OddAnswer(which, head, frames, odd, writing);
    }

    OddAnswer written(Writing odd) {
        return new OddAnswer(which, head, frames, body, odd);
    }

    @Override
    public void handle(Passage passage) throws IOException, InterruptedException {
        if (!which.test(passage.request())) {
            passage.relay();
            return;
        }
        WorkerAnswer answer = passage.ask();
        AnswerHead sent = head.apply(answer.head());
        if (!answer.head().isEventStream()) {
            byte[] whole = answer.allOfBody();
            byte[] odd = body.apply(whole);
            if (!sent.equals(answer.head()) || odd != whole) {
                passage.fired();
            }
            passage.client().answer(sent, odd);
            return;
        }
        passage.client().head(sent);
        passage.fired();
        UnaryOperator<String> changer = frames.get();
        for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            String odd = changer.apply(frame.get().text());
            if (!odd.isEmpty()) {
                writing.write(passage, odd.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        passage.client().end();
    }
}
