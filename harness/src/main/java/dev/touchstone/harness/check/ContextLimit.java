package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.util.Optional;

/** Judges CX-01: the declared context length is exact. */
public final class ContextLimit {
    private static final String RULE = "CX-01";

    private ContextLimit() {}

    /** Judges a prompt that with its max_tokens fills the context exactly. */
    public static Verdict served(Generation generation, int contextLength) {
        var findings = new Findings(RULE);
        String what = "prompt and max_tokens of together %d tokens to be served".formatted(contextLength);
        if (!generation.ended()) {
            return findings.add(what, "the answer was " + generation.outcome()).broken();
        }
        int asked = generation.maxTokens().orElse(0);
        int got = generation.tokenCount();
        if (got == 0 && !generation.endedByModel()) {
            return findings.add(what, "an empty stream came: " + generation.outcome())
                    .broken();
        }
        generation.tokensIn().ifPresent(in -> {
            int wanted = contextLength - asked;
            if (!in.equals(BigInteger.valueOf(wanted))) {
                findings.add("tokens_in %d, the whole prompt".formatted(wanted), "it was " + in);
            }
        });
        if (got != asked && !generation.endedByModel()) {
            findings.add("max_tokens = %d tokens".formatted(asked), "%d came".formatted(got));
        }
        return findings.orHeld(
                "a context of %d was filled: %d tokens came after the prompt".formatted(contextLength, got));
    }

    /** Judges the refusal of a request that needs more than the context, before any event and with the three numbers. */
    public static Verdict refused(Exchange exchange, int promptTokens, int maxTokens, int contextLength) {
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

    private static void number(Fields body, String name, int wanted, Findings findings) {
        if (body.integer(name).filter(BigInteger.valueOf(wanted)::equals).isEmpty()) {
            findings.add("%s %d".formatted(name, wanted), "it was " + body.shown(name));
        }
    }
}
