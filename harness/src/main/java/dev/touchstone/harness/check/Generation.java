package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.sse.SseStream;
import dev.touchstone.harness.transcript.Exchange;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One {@code POST /execute}, its bytes and what the strict SSE reader made of them: the thing that checks look at.
 * Immutable and thread-safe.
 */
public final class Generation {
    private static final Set<String> TERMINAL = Set.of("end", "error");

    private final Exchange exchange;
    private final SseStream stream;
    private final Optional<Fields> request;
    private final List<Token> tokens;

    public Generation(Exchange exchange, SseStream stream) {
        this.exchange = exchange;
        this.stream = stream;
        this.request = Fields.of(new String(exchange.request().body(), StandardCharsets.UTF_8));
        this.tokens = stream.events().stream()
                .filter(event -> event.type().equals("token"))
                .map(Token::of)
                .toList();
    }

    public Exchange exchange() {
        return exchange;
    }

    public SseStream stream() {
        return stream;
    }

    /** All {@code t} of the stream, joined; a malformed token adds nothing. */
    public String text() {
        return tokens.stream().flatMap(token -> token.t().stream()).collect(Collectors.joining());
    }

    /** Number of {@code token} events. */
    public int tokenCount() {
        return tokens.size();
    }

    /** The seed that {@code started} reports, where it does. */
    public Optional<BigInteger> reportedSeed() {
        return first("started").flatMap(e -> Fields.of(e.data())).flatMap(f -> f.integer("seed"));
    }

    /** {@code stop_reason} of the {@code end} event, where there is one. */
    public Optional<String> stopReason() {
        return end().flatMap(f -> f.string("stop_reason"));
    }

    /** {@code tokens_in} of the {@code end} event, where the worker tells it. */
    public Optional<BigInteger> tokensIn() {
        return end().flatMap(f -> f.integer("tokens_in"));
    }

    /** Nanoseconds from the request to the terminal event, or to the last token where there is none; 0 for no event. */
    public long durationNanos() {
        return terminal()
                .or(() -> tokens.isEmpty()
                        ? Optional.empty()
                        : Optional.of(tokens.getLast().event()))
                .map(SseEvent::nanos)
                .orElse(0L);
    }

    /** Whether the stream came to an {@code end} event. */
    public boolean ended() {
        return terminal().filter(e -> e.type().equals("end")).isPresent();
    }

    /** Whether the model itself ended the text before the asked number of tokens was reached. */
    public boolean endedByModel() {
        return stopReason().filter("eos"::equals).isPresent();
    }

    /** What happened, in a few words, for messages. */
    public String outcome() {
        if (exchange.status() != 200) {
            return exchange.head().isEmpty()
                    ? "none: " + Shown.end(exchange.end())
                    : "status " + exchange.status() + " with " + Shown.body(exchange);
        }
        return terminal()
                .map(e -> e.type() + " " + Shown.brief(e.data()))
                .orElse("no terminal event after " + stream.events().size() + " events");
    }

    List<Token> tokens() {
        return tokens;
    }

    Optional<Fields> request() {
        return request;
    }

    Optional<SseEvent> first(String type) {
        return stream.events().stream().filter(e -> e.type().equals(type)).findFirst();
    }

    Optional<SseEvent> terminal() {
        return stream.events().stream().filter(Generation::isTerminal).findFirst();
    }

    Optional<Fields> end() {
        return terminal().filter(e -> e.type().equals("end")).flatMap(e -> Fields.of(e.data()));
    }

    Optional<Integer> maxTokens() {
        return request.flatMap(f -> f.integer("max_tokens")).map(BigInteger::intValue);
    }

    static boolean isTerminal(SseEvent event) {
        return TERMINAL.contains(event.type());
    }
}
