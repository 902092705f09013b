package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Wrong routes, methods and media types answered otherwise than promised. */
final class RouteFaults {

    private static final String NOT_FOUND = "<html><head><title>404 Not Found</title></head><body>nginx</body></html>";

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry(
                    "get-execute-200",
                    () -> AnswerChange.of(
                            request -> request.is("GET", "/execute"),
                            (_, _) -> Optional.of(SmallAnswer.json(200, "{}")))),
            refusal("wrong-method-empty-body", 405, a -> a.withBody("")),
            refusal("wrong-method-404", 405, a -> a.withStatus(404)),
            refusal("no-allow-header", 405, a -> new SmallAnswer(a.head().without("Allow"), a.body())),
            refusal(
                    "allow-names-another",
                    405,
                    a -> new SmallAnswer(a.head().with("Allow", "OPTIONS, HEAD"), a.body())),
            refusal(
                    "unknown-route-html",
                    404,
                    a -> new SmallAnswer(a.head().with("Content-Type", "text/html"), NOT_FOUND)),
            refusal("unknown-route-empty-body", 404, a -> a.withBody("")),
            refusal("unknown-route-of-the-framework", 404, a -> a.withBody("{\"detail\":\"Not Found\"}")),
            refusal(
                    "unknown-route-200",
                    404,
                    a -> SmallAnswer.of(200, "text/html", "<html><body>Playground</body></html>")),
            refusal("unknown-route-400", 404, a -> a.withStatus(400)),
            refusal("media-type-400", 415, a -> a.withStatus(400)),
            refusal("media-type-empty-body", 415, a -> a.withBody("")),
            Map.entry("any-media-type-served", () -> Repair.of(RouteFaults::asJson)),
            Map.entry(
                    "no-media-type-500",
                    () -> AnswerChange.of(
                            request -> request.is("POST", "/execute")
                                    && request.header("Content-Type").isEmpty(),
                            (_, _) -> Optional.of(
                                    SmallAnswer.json(
                                            500,
                                            "{\"detail\":\"acompletion() missing 1 required positional argument: 'prompt'\"}")))));

    private RouteFaults() {}

    private static Map.Entry<String, Supplier<TrafficChange>> refusal(
            String id, int status, UnaryOperator<SmallAnswer> change) {
        return Map.entry(
                id,
                () -> AnswerChange.of(
                        request -> true,
                        (_, answer) ->
                                answer.status() == status ? Optional.of(change.apply(answer)) : Optional.empty()));
    }

    private static Optional<ClientRequest> asJson(ClientRequest request) {
        boolean other = request.is("POST", "/execute")
                && request.header("Content-Type")
                        .filter(t -> t.startsWith("text/plain"))
                        .isPresent();
        return other
                ? Optional.of(new ClientRequest(
                        request.method(),
                        request.target(),
                        request.headers().stream()
                                .map(h -> h.is("Content-Type") ? new HeaderLine(h.name(), "application/json") : h)
                                .toList(),
                        request.body()))
                : Optional.empty();
    }
}
