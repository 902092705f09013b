package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;

/** Judges EV-04: the form and the numbers of token events. */
public final class TokenNumbering {
    private static final String RULE = "EV-04";

    private TokenNumbering() {}

    public static Verdict judge(Generation generation) {
        var findings = new Findings(RULE);
        BigInteger next = BigInteger.ZERO;
        for (Token token : generation.tokens()) {
            String data = "the data was " + Shown.brief(token.event().data());
            if (token.t().isEmpty()) {
                findings.at(token.event(), "token with t, a string", data);
            }
            if (token.i().isEmpty()) {
                findings.at(token.event(), "token with i, an integer", data);
            } else if (!token.i().get().equals(next)) {
                findings.at(
                        token.event(),
                        "i to be %s".formatted(next),
                        "it was " + token.i().get());
            }
            // Going on from the number that came keeps one skip from showing as a hundred.
            next = token.i().orElse(next).add(BigInteger.ONE);
        }
        if (generation.tokenCount() == 0) {
            return new Verdict.Inconclusive(RULE, "no token event to look at: " + generation.outcome());
        }
        return findings.orHeld("%d tokens, i 0..%d".formatted(generation.tokenCount(), generation.tokenCount() - 1));
    }
}
