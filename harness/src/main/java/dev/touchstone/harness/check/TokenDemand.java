package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Judges SE-01: with a token configured, every route but health demands it as RFC 6750 says. That the comparison takes
 * constant time cannot be told from outside; a reader of the worker's code must see to it.
 */
public final class TokenDemand {
    private static final String RULE = "SE-01";

    private TokenDemand() {}

    /**
     * @param refused calls without a right token, each labelled by what was wrong and where
     * @param accepted calls with the right token, its scheme written as anyone may write it
     * @param health asked for without a token; empty where the target has no such route
     */
    public static Verdict judge(List<Exchange> refused, List<Exchange> accepted, Optional<Exchange> health) {
        var findings = new Findings(RULE);
        for (Exchange call : refused) {
            if (call.status() != 401) {
                findings.add("401 to " + call.label(), Shown.answer(call));
            } else if (call.head()
                    .flatMap(h -> h.header("WWW-Authenticate"))
                    .filter(value -> value.toLowerCase(Locale.ROOT).startsWith("bearer"))
                    .isEmpty()) {
                findings.add("WWW-Authenticate: Bearer with the 401 to " + call.label(), "it was absent or another");
            }
        }
        for (Exchange call : accepted) {
            if (call.status() == 401 || call.status() == 403) {
                findings.add("the right token to be taken: " + call.label(), Shown.answer(call));
            }
        }
        health.filter(h -> h.status() == 401 || h.status() == 403)
                .ifPresent(h -> findings.add("health without a token", Shown.answer(h)));
        return refused.isEmpty() || accepted.isEmpty()
                ? findings.orInconclusive("nothing was asked without a token")
                : findings.orHeld(("%d calls without a right token were refused with 401, %d with it were taken;"
                                + " whether the comparison takes constant time cannot be told from outside")
                        .formatted(refused.size(), accepted.size()));
    }
}
