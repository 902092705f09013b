package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges CX-01: the declared context length is exact, and a prompt that fits is read in full. */
public final class ContextLimit {
    private static final String RULE = "CX-01";
    /** Fewer tokens than the prompt has, by more than this part of it, are no difference of counting. */
    private static final int PART = 50;

    private ContextLimit() {}

    /**
     * A prompt as it was asked, and its length.
     *
     * @param counted whether the worker itself said so of this very prompt; else it follows from its counts of short ones
     */
    public record Sized(Generation generation, int tokens, boolean counted) {}

    /** Judges a prompt that with its max_tokens fills the context exactly. */
    public static Verdict served(Sized filled, int contextLength) {
        var findings = new Findings(RULE);
        Generation generation = filled.generation();
        String what = "prompt and max_tokens of together %d tokens to be served".formatted(contextLength);
        Optional<String> ranOut = Patience.ranOut(generation);
        if (ranOut.isPresent()) {
            return new Verdict.Inconclusive(RULE, ranOut.get());
        }
        if (!generation.ended()) {
            return findings.add(what, "the answer was " + generation.outcome()).broken();
        }
        int asked = generation.maxTokens().orElse(0);
        int got = generation.tokenCount();
        if (got == 0 && !generation.endedByModel()) {
            return findings.add(what, "an empty stream came: " + generation.outcome())
                    .broken();
        }
        if (generation.countsTokens() && got != asked && !generation.endedByModel()) {
            findings.add("max_tokens = %d tokens".formatted(asked), "%d came".formatted(got));
        }
        Optional<String> doubt = whole(filled, findings);
        return doubt.isPresent()
                ? findings.orInconclusive(doubt.get())
                : findings.orHeld(
                        "a context of %d was filled: %d tokens came after the prompt".formatted(contextLength, got));
    }

    /** Judges prompts that fit, of whatever length: each is counted in full. */
    public static Verdict counted(List<Sized> prompts) {
        var findings = new Findings(RULE);
        List<String> doubts = new ArrayList<>();
        for (Sized prompt : prompts) {
            Optional<String> ranOut = Patience.ranOut(prompt.generation());
            if (ranOut.isPresent()) {
                doubts.add(ranOut.get());
            } else if (!prompt.generation().ended()) {
                findings.add(
                        "a prompt of %d tokens, which fits, to be served".formatted(prompt.tokens()),
                        "the answer was " + prompt.generation().outcome());
            } else {
                whole(prompt, findings).ifPresent(doubts::add);
            }
        }
        if (prompts.isEmpty()) {
            doubts.add("no prompt was asked");
        }
        return !doubts.isEmpty()
                ? findings.orInconclusive(doubts.getFirst())
                : findings.orHeld("prompts of %s tokens were counted in full"
                        .formatted(prompts.stream().map(Sized::tokens).toList()));
    }

    /** Finds a prompt that was cut; says why it cannot be told, where it cannot. */
    private static Optional<String> whole(Sized prompt, Findings findings) {
        Optional<BigInteger> in = prompt.generation().tokensIn();
        if (in.isEmpty()) {
            return Optional.of("the worker does not tell how many tokens the prompt had");
        }
        BigInteger wanted = BigInteger.valueOf(prompt.tokens());
        boolean cut = isCut(in.get(), prompt.tokens());
        if (in.get().equals(wanted)) {
            return Optional.empty();
        }
        if (prompt.counted() || cut) {
            findings.add("tokens_in %d, the whole prompt".formatted(prompt.tokens()), "it was " + in.get());
            return Optional.empty();
        }
        return Optional.of("by its short prompts this one should have %d tokens, but the worker counts %s"
                .formatted(prompt.tokens(), in.get()));
    }

    /** Whether so few tokens can only be those of a part of the prompt. */
    static boolean isCut(BigInteger in, int tokens) {
        return in.compareTo(BigInteger.valueOf(tokens - Math.max(2, tokens / PART))) < 0;
    }

    /**
     * Judges the refusal of a request that needs more than the context: before any event, and in the native dialect with
     * the three numbers, for which the OpenAI form has no place.
     */
    public static Verdict refused(Exchange exchange, int promptTokens, int maxTokens, int contextLength) {
        if (OpenAiReading.applies(exchange)) {
            return refusedOpenAi(exchange, promptTokens, maxTokens, contextLength);
        }
        Verdict form = ErrorForm.judge(RULE, exchange, 400, "CONTEXT_LENGTH_EXCEEDED", Optional.empty());
        if (!(form instanceof Verdict.Held)) {
            return form;
        }
        var findings = new Findings(RULE);
        Fields body = Fields.of(exchange.bodyText()).orElseThrow();
        number(body, "prompt_tokens", promptTokens, findings);
        number(body, "max_tokens", maxTokens, findings);
        number(body, "context_length", contextLength, findings);
        return findings.orHeld("%d + %d tokens over %d were refused with 400 and the three numbers"
                .formatted(promptTokens, maxTokens, contextLength));
    }

    /**
     * Judges a prompt of about twice the context: it is refused, and the worker lives on.
     *
     * @param characters of the prompt; over 32,768 it may be refused for their number
     * @param next a short request right after
     */
    public static Verdict farOver(Exchange exchange, int characters, Generation next) {
        var findings = new Findings(RULE);
        String code =
                Fields.of(exchange.bodyText()).flatMap(b -> b.string("code")).orElse("");
        boolean refused = exchange.status() >= 400
                && exchange.status() < 500
                && (OpenAiReading.applies(exchange)
                        || code.equals("CONTEXT_LENGTH_EXCEEDED")
                        || (characters > CharacterLimit.ALWAYS_ACCEPTED && code.equals("INVALID_REQUEST")));
        if (!refused) {
            findings.add(
                    "a prompt of about twice the context to be refused as CONTEXT_LENGTH_EXCEEDED",
                    Shown.answer(exchange));
        }
        if (!next.ended()) {
            findings.add("the next short request to be served", "the answer was " + next.outcome());
        }
        return findings.orHeld("a prompt of about twice the context was refused, and the next request served");
    }

    private static Verdict refusedOpenAi(Exchange exchange, int promptTokens, int maxTokens, int contextLength) {
        var findings = new Findings(RULE);
        if (exchange.status() != 400) {
            findings.add("status 400", Shown.answer(exchange));
        } else if (OpenAiError.message(exchange).isEmpty()) {
            findings.add("a body {\"error\": {\"message\": …}}", "it was " + Shown.body(exchange));
        }
        return findings.orHeld(
                "%d + %d tokens over %d were refused with 400".formatted(promptTokens, maxTokens, contextLength));
    }

    private static void number(Fields body, String name, int wanted, Findings findings) {
        if (body.integer(name).filter(BigInteger.valueOf(wanted)::equals).isEmpty()) {
            findings.add("%s %d".formatted(name, wanted), "it was " + body.shown(name));
        }
    }
}
