package dev.touchstone.worker.job;

import dev.touchstone.worker.generate.StopMatcher;
import dev.touchstone.worker.generate.Utf8Assembler;
import java.util.function.Consumer;

/**
 * Tokens to token events: every token gives exactly one event, its index rising by one. The newest event is kept back
 * only while text is held back (a character is incomplete, or a stop sequence may be starting): when the next token
 * comes it goes out as it is, and the held text travels with that later token; when the generation ends, the held text
 * joins the newest event, which is then still unsent. So no text is lost, nothing past a stop sequence is sent, and
 * {@code i} and {@code tokens_out} stay exact. Not thread-safe.
 */
final class TokenStream {
    private final Utf8Assembler characters = new Utf8Assembler();
    private final StopMatcher stops;
    private final Consumer<JobEvent> sink;
    private int count;
    private boolean kept;
    private String keptText = "";

    TokenStream(StopMatcher stops, Consumer<JobEvent> sink) {
        this.stops = stops;
        this.sink = sink;
    }

    /** Takes a token's bytes. Returns whether a stop sequence is complete. */
    boolean accept(byte[] bytes) {
        sendKept();
        keptText = stops.accept(characters.accept(bytes));
        kept = true;
        count++;
        if (!characters.pending() && !stops.pending()) {
            sendKept();
        }
        return stops.matched();
    }

    void finish() {
        if (kept) {
            String rest = stops.accept(characters.finish());
            keptText = keptText + rest + stops.finish();
            sendKept();
        }
    }

    int count() {
        return count;
    }

    private void sendKept() {
        if (kept) {
            kept = false;
            sink.accept(new JobEvent.Token(count - 1, keptText));
        }
    }
}
