package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A worker that answers something else than it should where it does not stream; event streams pass as they are. */
final class AnswerChange implements TrafficChange {

    private final Predicate<ClientRequest> which;
    private final BiFunction<ClientRequest, SmallAnswer, Optional<SmallAnswer>> change;

    private AnswerChange(
            Predicate<ClientRequest> which, BiFunction<ClientRequest, SmallAnswer, Optional<SmallAnswer>> change) {
        this.which = which;
        this.change = change;
    }

    /** @param change the answer instead; empty where the worker's own is passed */
    static AnswerChange of(
            Predicate<ClientRequest> which, BiFunction<ClientRequest, SmallAnswer, Optional<SmallAnswer>> change) {
        return new AnswerChange(which, change);
    }

    /** Changes refusals of requests to generate, of these status and code, in the native dialect. */
    static AnswerChange refusals(int status, String code, UnaryOperator<SmallAnswer> change) {
        return of(
                request -> request.path().equals("/execute"),
                (_, answer) -> answer.status() == status && answer.hasCode(code)
                        ? Optional.of(change.apply(answer))
                        : Optional.empty());
    }

    /** Changes refusals of invalid values and bodies. */
    static AnswerChange invalid(UnaryOperator<SmallAnswer> change) {
        return refusals(400, "INVALID_REQUEST", change);
    }

    @Override
    public void handle(Passage passage) throws IOException {
        if (!which.test(passage.request())) {
            passage.relay();
            return;
        }
        WorkerAnswer answer = passage.ask();
        if (answer.head().isEventStream()) {
            Repair.pass(answer, passage.client());
            return;
        }
        SmallAnswer own =
                new SmallAnswer(answer.head(), new String(answer.allOfBody(), java.nio.charset.StandardCharsets.UTF_8));
        Optional<SmallAnswer> other = change.apply(passage.request(), own);
        if (other.isPresent()) {
            passage.fired();
        }
        SmallAnswer sent = other.orElse(own);
        passage.client().answer(sent.head(), sent.bytes());
    }
}
