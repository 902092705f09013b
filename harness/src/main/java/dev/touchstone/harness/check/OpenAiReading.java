package dev.touchstone.harness.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.sse.SseStream;
import dev.touchstone.harness.transcript.Exchange;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads completions and chat completions, streamed or whole, as OpenAI's public API reference describes them. A chunk
 * may carry no text, one token or several; extra members are fine.
 */
final class OpenAiReading {
    /** The data of the event that ends a stream. */
    static final String DONE = "[DONE]";

    private final boolean stops;
    private final List<Token> tokens = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private Optional<SseEvent> terminal = Optional.empty();
    private boolean failed;
    private Optional<String> finish = Optional.empty();
    private Optional<BigInteger> tokensIn = Optional.empty();
    private Optional<BigInteger> tokensOut = Optional.empty();

    private OpenAiReading(boolean stops) {
        this.stops = stops;
    }

    static boolean applies(Exchange exchange) {
        String path = URI.create(exchange.request().url()).getPath();
        return path != null && (path.endsWith("/completions"));
    }

    static Reading of(Exchange exchange, SseStream stream, Optional<Fields> request) {
        boolean stops = request.filter(f -> f.has("stop") && !f.shown("stop").equals("[]"))
                .isPresent();
        var reading = new OpenAiReading(stops);
        boolean streamed = request.flatMap(f -> f.bool("stream")).orElse(false);
        if (streamed) {
            stream.events().forEach(reading::event);
        } else if (exchange.status() == 200) {
            Fields.of(exchange.bodyText()).ifPresent(reading::whole);
        }
        return reading.result();
    }

    private Reading result() {
        return new Reading(
                tokens,
                text.toString(),
                terminal,
                finish.isPresent() && !failed,
                finish.map(this::reason),
                Optional.empty(),
                tokensIn,
                tokensOut);
    }

    /** The dialect says stop both where the model ends its text and where a stop sequence does. */
    private String reason(String finishReason) {
        return switch (finishReason) {
            case "length" -> "max_tokens";
            case "stop" -> stops ? "stop" : "eos";
            default -> finishReason;
        };
    }

    private void event(SseEvent event) {
        if (event.data().strip().equals(DONE)) {
            return;
        }
        Optional<Fields> chunk = Fields.of(event.data());
        if (chunk.isEmpty()) {
            return;
        }
        if (chunk.get().has("error")) {
            failed = true;
            terminal = terminal.or(() -> Optional.of(event));
        }
        usage(chunk.get());
        choice(chunk.get()).ifPresent(choice -> {
            Optional<String> piece = string(choice.path("text"))
                    .or(() -> string(choice.path("delta").path("content")))
                    .filter(t -> !t.isEmpty());
            piece.ifPresent(t -> {
                text.append(t);
                tokens.add(new Token(event, piece, Optional.empty()));
            });
            string(choice.path("finish_reason")).filter(r -> !r.isEmpty()).ifPresent(r -> {
                finish = finish.or(() -> Optional.of(r));
                terminal = terminal.or(() -> Optional.of(event));
            });
        });
    }

    private void whole(Fields answer) {
        usage(answer);
        choice(answer).ifPresent(choice -> {
            string(choice.path("text"))
                    .or(() -> string(choice.path("message").path("content")))
                    .ifPresent(text::append);
            finish = string(choice.path("finish_reason"));
        });
    }

    private void usage(Fields chunk) {
        Optional<Fields> usage = chunk.object("usage");
        tokensIn = usage.flatMap(u -> u.integer("prompt_tokens")).or(() -> tokensIn);
        tokensOut = usage.flatMap(u -> u.integer("completion_tokens")).or(() -> tokensOut);
    }

    static Optional<JsonNode> choice(Fields chunk) {
        return chunk.node("choices")
                .filter(JsonNode::isArray)
                .filter(choices -> !choices.isEmpty())
                .map(choices -> choices.get(0));
    }

    private static Optional<String> string(JsonNode node) {
        return node.isTextual() ? Optional.of(node.textValue()) : Optional.empty();
    }
}
