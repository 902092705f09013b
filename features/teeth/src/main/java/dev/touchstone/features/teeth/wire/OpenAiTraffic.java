package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What faults of the OpenAI-compatible routes look at. */
final class OpenAiTraffic {

    static final String CHAT = "/v1/chat/completions";
    static final String COMPLETIONS = "/v1/completions";

    private OpenAiTraffic() {}

    /** Whether it asks one of the routes for a text. */
    static boolean asks(ClientRequest request) {
        return request.is("POST", CHAT) || request.is("POST", COMPLETIONS);
    }

    /** The object that carries a chunk's or an answer's usage, where it has one. */
    static Optional<ObjectNode> usage(ObjectNode answer) {
        return answer.path("usage") instanceof ObjectNode usage ? Optional.of(usage) : Optional.empty();
    }

    /** The first choice of a chunk or an answer, where it has one. */
    static Optional<ObjectNode> choice(ObjectNode answer) {
        return answer.at("/choices/0") instanceof ObjectNode choice ? Optional.of(choice) : Optional.empty();
    }

    /** Whether it asks for an event stream. */
    static boolean isStreamed(ClientRequest request) {
        return request.json().filter(json -> json.path("stream").asBoolean()).isPresent();
    }

    /** The usage at the end of every stream is told otherwise. */
    static FrameChange usageOfStreams(Consumer<ObjectNode> told) {
        return FrameChange.of(OpenAiTraffic::asks, () -> (frame, fired) -> {
            if (frame.json().flatMap(OpenAiTraffic::usage).isEmpty()) {
                return List.of(frame);
            }
            fired.run();
            return List.of(frame.edited(chunk -> usage(chunk).ifPresent(told)));
        });
    }

    /** The usage of every whole answer is told otherwise. */
    static BodyChange usageOfWholeAnswers(Consumer<ObjectNode> told) {
        return BodyChange.of(
                OpenAiTraffic::asks,
                (request, answer) -> answer.head().status() == 200
                        ? answer.edited(body -> usage(body).ifPresent(told))
                        : answer);
    }

    /** The one change for streams, the other for whole answers. */
    static TrafficChange either(TrafficChange streams, TrafficChange whole) {
        return passage -> (isStreamed(passage.request()) ? streams : whole).handle(passage);
    }
}
