package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.sse.SseStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the events of {@code POST /execute}. */
final class NativeReading {
    private static final Set<String> TERMINAL = Set.of("end", "error");

    private NativeReading() {}

    static boolean isTerminal(SseEvent event) {
        return TERMINAL.contains(event.type());
    }

    static Reading of(SseStream stream) {
        List<Token> tokens = stream.events().stream()
                .filter(event -> event.type().equals("token"))
                .map(Token::of)
                .toList();
        Optional<SseEvent> terminal =
                stream.events().stream().filter(NativeReading::isTerminal).findFirst();
        Optional<Fields> end = terminal.filter(e -> e.type().equals("end")).flatMap(e -> Fields.of(e.data()));
        Optional<Fields> started = stream.events().stream()
                .filter(event -> event.type().equals("started"))
                .findFirst()
                .flatMap(e -> Fields.of(e.data()));
        return new Reading(
                tokens,
                tokens.stream().flatMap(token -> token.t().stream()).collect(Collectors.joining()),
                terminal,
                terminal.filter(e -> e.type().equals("end")).isPresent(),
                end.flatMap(f -> f.string("stop_reason")),
                started.flatMap(f -> f.seed("seed")),
                end.flatMap(f -> f.integer("tokens_in")),
                end.flatMap(f -> f.integer("tokens_out")));
    }
}
