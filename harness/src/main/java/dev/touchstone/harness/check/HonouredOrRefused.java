package dev.touchstone.harness.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.harness.json.JsonReading;
import dev.touchstone.harness.json.JsonText;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Judges OA-07: what the worker does not support is refused with a clean 4xx or honoured, never ignored. */
public final class HonouredOrRefused {
    private static final String RULE = "OA-07";

    private HonouredOrRefused() {}

    /** What a request asked for beyond text, and how an answer shows that it was honoured. */
    public enum Wish {
        TWO_CHOICES("two choices for n = 2") {
            @Override
            boolean honoured(JsonNode answer) {
                return answer.path("choices").size() == 2;
            }
        },
        LOGPROBS("logprobs in the choice") {
            @Override
            boolean honoured(JsonNode answer) {
                JsonNode logprobs = answer.at("/choices/0/logprobs");
                return logprobs.isObject() && !logprobs.isEmpty();
            }
        },
        TOOL_CALL("a tool call, which tool_choice demands") {
            @Override
            boolean honoured(JsonNode answer) {
                return answer.at("/choices/0/message/tool_calls").size() > 0;
            }
        },
        JSON_OBJECT("one JSON object as the text, which response_format demands") {
            @Override
            boolean honoured(JsonNode answer) {
                String text = answer.at("/choices/0/message/content")
                        .asText(answer.at("/choices/0/text").asText(""));
                // Cut by max_tokens, an object may be only begun, or only the white space before it.
                boolean cut = answer.at("/choices/0/finish_reason").asText("").equals("length");
                return (cut && (text.isBlank() || text.strip().startsWith("{")))
                        || (JsonText.parse(text) instanceof JsonReading.Value value
                                && value.node().isObject());
            }
        },
        FEW_TOKENS("at most 7 tokens, which max_completion_tokens demands") {
            @Override
            boolean honoured(JsonNode answer) {
                // Who tells no usage cannot be caught here.
                return answer.at("/usage/completion_tokens").asInt(0) <= 7;
            }
        },
        UNKNOWN_MODEL("a refusal, for there is no such model") {
            @Override
            boolean honoured(JsonNode answer) {
                return false;
            }
        };

        private final String expected;

        Wish(String expected) {
            this.expected = expected;
        }

        abstract boolean honoured(JsonNode answer);
    }

    public static Verdict judge(Exchange exchange, Wish wish) {
        var findings = new Findings(RULE);
        String expected = "a clean 4xx, or " + wish.expected;
        int status = exchange.status();
        if (status >= 400 && status < 500) {
            // Clean enough for a person to read; OA-04 judges the rest of its form.
            Optional<String> message = OpenAiError.error(exchange).flatMap(e -> e.string("message"));
            if (message.filter(m -> !m.isBlank()).isEmpty()) {
                findings.add("a refusal with error.message, a sentence", Shown.answer(exchange));
            }
            return findings.orHeld("refused with %d: %s".formatted(status, message.orElse("")));
        }
        Optional<JsonNode> answer = JsonText.parse(exchange.bodyText()) instanceof JsonReading.Value value
                ? Optional.of(value.node())
                : Optional.empty();
        if (status != 200 || answer.isEmpty()) {
            return findings.add(expected, Shown.answer(exchange)).broken();
        }
        if (!wish.honoured(answer.get())) {
            findings.add(expected, "it was accepted and ignored: " + Shown.body(exchange));
        } else if (wish == Wish.TWO_CHOICES) {
            counted(exchange, answer.get(), findings);
        }
        return findings.orHeld("honoured: " + wish.expected);
    }

    /** Two choices that came to their limit have twice as many tokens as one. */
    private static void counted(Exchange exchange, JsonNode answer, Findings findings) {
        JsonNode counted = answer.at("/usage/completion_tokens");
        boolean full = answer.path("choices")
                .valueStream()
                .allMatch(c -> c.path("finish_reason").asText("").equals("length"));
        Optional<BigInteger> limit = Fields.of(new String(exchange.request().body(), StandardCharsets.UTF_8))
                .flatMap(f -> f.integer("max_tokens"));
        if (full && limit.isPresent() && counted.isNumber()) {
            BigInteger both = limit.get().multiply(BigInteger.TWO);
            if (!both.equals(counted.bigIntegerValue())) {
                findings.add(
                        "a usage that counts the tokens of both choices, " + both, "completion_tokens was " + counted);
            }
        }
    }
}
