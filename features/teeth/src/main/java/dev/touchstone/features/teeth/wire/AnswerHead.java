package dev.touchstone.features.teeth.wire;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Status and headers of an answer, in their order. Immutable. */
public record AnswerHead(int status, String reason, List<HeaderLine> headers) {

    public AnswerHead {
        headers = List.copyOf(headers);
    }

    /** A head of JSON. */
    public static AnswerHead json(int status, String reason) {
        return new AnswerHead(status, reason, List.of(new HeaderLine("Content-Type", "application/json")));
    }

    /** The value of the first header of that name, in any case of letters. */
    public Optional<String> header(String name) {
        return headers.stream().filter(h -> h.is(name)).map(HeaderLine::value).findFirst();
    }

    public AnswerHead withStatus(int newStatus, String newReason) {
        return new AnswerHead(newStatus, newReason, headers);
    }

    /** The same head with this header in place of all of its name. */
    public AnswerHead with(String name, String value) {
        AnswerHead bare = without(name);
        return new AnswerHead(
                status,
                reason,
                Stream.concat(bare.headers.stream(), Stream.of(new HeaderLine(name, value)))
                        .toList());
    }

    /** The same head with one header more, also where one of its name is there. */
    public AnswerHead plus(String name, String value) {
        return new AnswerHead(
                status,
                reason,
                Stream.concat(headers.stream(), Stream.of(new HeaderLine(name, value)))
                        .toList());
    }

    public AnswerHead without(String name) {
        return new AnswerHead(
                status, reason, headers.stream().filter(h -> !h.is(name)).toList());
    }

    /** Whether the body is a stream of events. */
    public boolean isEventStream() {
        return status == 200
                && header("Content-Type")
                        .filter(type -> type.startsWith("text/event-stream"))
                        .isPresent();
    }

    /** Whether the connection is closed after this answer. */
    boolean closes() {
        return saysClose(headers);
    }

    static boolean saysClose(List<HeaderLine> headers) {
        return headers.stream()
                .anyMatch(h ->
                        h.is("Connection") && h.value().toLowerCase(Locale.ROOT).contains("close"));
    }
}
