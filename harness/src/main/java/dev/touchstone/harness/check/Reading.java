package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.sse.SseStream;
import dev.touchstone.harness.transcript.Exchange;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * What an answer says, in the contract's words, whatever its dialect.
 *
 * @param tokens the pieces of text that carried an event of their own; none where the answer was not streamed
 * @param text all text, joined
 * @param terminal the event that said that the generation is over, one way or the other
 * @param ended whether it came to a proper end
 * @param stopReason one of the contract's reasons, or whatever else the worker said
 * @param seed the seed that the worker says is in use
 * @param tokensIn what the worker counts in the prompt
 * @param tokensOut what the worker counts in the text
 */
record Reading(
        List<Token> tokens,
        String text,
        Optional<SseEvent> terminal,
        boolean ended,
        Optional<String> stopReason,
        Optional<BigInteger> seed,
        Optional<BigInteger> tokensIn,
        Optional<BigInteger> tokensOut) {

    Reading {
        tokens = List.copyOf(tokens);
    }

    static Reading of(Exchange exchange, SseStream stream, Optional<Fields> request) {
        return OpenAiReading.applies(exchange) ? OpenAiReading.of(exchange, stream, request) : NativeReading.of(stream);
    }
}
