package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import java.math.BigInteger;
import java.util.Optional;

/**
 * A {@code token} event.
 *
 * @param t its text, where it is a string
 * @param i its number, where it is an integer
 */
record Token(SseEvent event, Optional<String> t, Optional<BigInteger> i) {
    static Token of(SseEvent event) {
        Optional<Fields> fields = Fields.of(event.data());
        return new Token(event, fields.flatMap(f -> f.string("t")), fields.flatMap(f -> f.integer("i")));
    }
}
