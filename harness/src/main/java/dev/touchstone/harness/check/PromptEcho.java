package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.util.List;

/**
 * Judges TX-05 for what stands before the text: one token event that carries the whole prompt, which took many tokens,
 * is nothing that the model produced. Only a dialect with an event for each token shows it.
 */
public final class PromptEcho {
    private static final String RULE = "TX-05";
    private static final BigInteger SEVERAL = BigInteger.valueOf(4);

    private PromptEcho() {}

    public static Verdict judge(List<Generation> generations) {
        var findings = new Findings(RULE);
        int looked = 0;
        for (Generation generation : generations) {
            boolean several =
                    generation.tokensIn().filter(n -> n.compareTo(SEVERAL) >= 0).isPresent();
            if (generation.isOpenAi() || !several || generation.tokens().isEmpty()) {
                continue;
            }
            looked++;
            for (Token token : generation.tokens()) {
                String t = token.t().orElse("");
                if (t.contains(generation.prompt())) {
                    findings.at(
                            token.event(),
                            "one token of the text in t",
                            "t began with the whole prompt: " + Shown.quoted(t));
                    break;
                }
            }
        }
        if (looked == 0) {
            return findings.orInconclusive("no text came in token events after a prompt of several tokens");
        }
        return findings.orHeld("%d texts, none with its prompt in one token".formatted(looked));
    }
}
