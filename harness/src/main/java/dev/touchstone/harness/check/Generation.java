package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.sse.SseReader;
import dev.touchstone.harness.sse.SseStream;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * One request for text, its bytes, what the strict SSE reader made of them and what they say: the thing that checks
 * look at. {@code POST /execute}, or a completion or chat completion of the OpenAI dialect; the route tells which.
 * Immutable and thread-safe.
 */
public final class Generation {
    private final Exchange exchange;
    private final SseStream stream;
    private final Optional<Fields> request;
    private final Reading reading;

    public Generation(Exchange exchange, SseStream stream) {
        this.exchange = exchange;
        this.stream = stream;
        this.request = Fields.of(new String(exchange.request().body(), StandardCharsets.UTF_8));
        this.reading = Reading.of(exchange, stream, request);
    }

    /** Reads an exchange by the strict SSE reader; what was compressed on demand is read as it became readable. */
    public static Generation of(Exchange exchange) {
        Exchange plain = Uncompressed.of(exchange);
        return new Generation(plain, SseReader.read(plain));
    }

    public Exchange exchange() {
        return exchange;
    }

    public SseStream stream() {
        return stream;
    }

    /** Whether this is the OpenAI dialect, which has no {@code started}, no {@code i} and no seed in its answer. */
    public boolean isOpenAi() {
        return OpenAiReading.applies(exchange);
    }

    /** All text that came, joined; a malformed piece adds nothing. */
    public String text() {
        return reading.text();
    }

    /**
     * Number of {@code token} events; in the OpenAI dialect, where an event may carry several tokens, what the worker
     * counts in {@code usage}, or the number of pieces where it does not tell.
     */
    public int tokenCount() {
        return isOpenAi()
                ? reading.tokensOut()
                        .filter(n -> n.bitLength() < Integer.SIZE)
                        .map(BigInteger::intValue)
                        .orElse(reading.tokens().size())
                : reading.tokens().size();
    }

    /** Whether {@link #tokenCount()} is a count of tokens rather than of pieces of text. */
    public boolean countsTokens() {
        return !isOpenAi() || reading.tokensOut().isPresent();
    }

    /** The seed that {@code started} reports, where it does. */
    public Optional<BigInteger> reportedSeed() {
        return reading.seed();
    }

    /** {@code max_tokens}, {@code stop} or {@code eos}, or whatever else the worker gave as the reason of the end. */
    public Optional<String> stopReason() {
        return reading.stopReason();
    }

    /** The tokens of the prompt, where the worker tells. */
    public Optional<BigInteger> tokensIn() {
        return reading.tokensIn();
    }

    /** The tokens of the text as the worker counts them, where it tells. */
    public Optional<BigInteger> tokensOut() {
        return reading.tokensOut();
    }

    /** Nanoseconds from the request to the terminal event, or to the last token where there is none; 0 for no event. */
    public long durationNanos() {
        return terminal()
                .or(() -> tokens().isEmpty()
                        ? Optional.empty()
                        : Optional.of(tokens().getLast().event()))
                .map(SseEvent::nanos)
                .orElse(0L);
    }

    /** Nanoseconds from the request to the first piece of text; empty where none came. */
    public OptionalLong firstTokenNanos() {
        return tokens().isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(tokens().getFirst().event().nanos());
    }

    /** Nanoseconds from each piece of text to the next, in order; one fewer than there are pieces. */
    public List<Long> gapNanos() {
        return Gaps.of(this);
    }

    /** Whether the generation came to a proper end rather than to an error or to nothing. */
    public boolean ended() {
        return reading.ended();
    }

    /** Whether the connection was refused or broke off before the text had come to an end. */
    public boolean wasCut() {
        return !ended() && exchange.end() instanceof BodyEnd.Cut;
    }

    /** Whether the model itself ended the text before the asked number of tokens was reached. */
    public boolean endedByModel() {
        return stopReason().filter("eos"::equals).isPresent();
    }

    /** Whether its last event came, and the body did not end while the kit waited. */
    public boolean isLeftOpen() {
        return terminal().isPresent() && exchange.end() instanceof BodyEnd.TimedOut;
    }

    /** Whether the worker declined with a client error and a JSON object, as it may what it does not offer. */
    public boolean refused() {
        int status = exchange.status();
        return status >= 400 && status < 500 && Fields.of(exchange.bodyText()).isPresent();
    }

    /** Whether the worker declined because it had too much to do. */
    public boolean busy() {
        return exchange.status() == 503 || exchange.status() == 429;
    }

    /** The text that was asked to be continued; of a chat its last message. Empty where the request has none. */
    public String prompt() {
        return request.flatMap(f ->
                        f.string("prompt").or(() -> f.lastOf("messages").flatMap(m -> m.string("content"))))
                .orElse("");
    }

    /** Whether the text answers a message rather than going on with a raw prompt. */
    boolean isChat() {
        return request.filter(f -> f.has("messages")).isPresent();
    }

    /** What was asked for, less the job's name and what else is named: equal for equal wishes. */
    String wish(String... without) {
        List<String> names =
                Stream.concat(Stream.of("job_id"), Stream.of(without)).toList();
        return request.map(f -> f.without(names)).orElse("");
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
        return reading.tokens();
    }

    Optional<Fields> request() {
        return request;
    }

    Optional<SseEvent> first(String type) {
        return stream.events().stream().filter(e -> e.type().equals(type)).findFirst();
    }

    Optional<SseEvent> terminal() {
        return reading.terminal();
    }

    /** The members of the native {@code end} event. */
    Optional<Fields> end() {
        return terminal().filter(e -> e.type().equals("end")).flatMap(e -> Fields.of(e.data()));
    }

    /** The code of the error that ended the stream, where one did. */
    Optional<String> errorCode() {
        return terminal()
                .flatMap(e -> Fields.of(e.data()))
                .flatMap(f -> f.string("code").or(() -> f.object("error").flatMap(error -> error.string("code"))));
    }

    /** The seed that was asked for. */
    Optional<BigInteger> askedSeed() {
        return request.flatMap(f -> f.seed("seed"));
    }

    /** The stop sequences that were asked for. */
    List<String> stops() {
        return request.map(f -> f.strings("stop")).orElse(List.of());
    }

    Optional<Integer> maxTokens() {
        return request.flatMap(f -> f.integer("max_tokens").or(() -> f.integer("max_completion_tokens")))
                .map(BigInteger::intValue);
    }

    static boolean isTerminal(SseEvent event) {
        return NativeReading.isTerminal(event);
    }
}
