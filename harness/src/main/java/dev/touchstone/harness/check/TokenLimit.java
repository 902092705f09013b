package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Judges SP-01: exactly max_tokens tokens, unless the model ends the text itself. */
public final class TokenLimit {
    private static final String RULE = "SP-01";

    private TokenLimit() {}

    /** @param limits the values of max_tokens that must each have been reached once */
    public static Verdict judge(List<Generation> generations, List<Integer> limits) {
        var findings = new Findings(RULE);
        Set<Integer> proved = new TreeSet<>();
        for (Generation generation : generations) {
            int asked = generation.maxTokens().orElse(0);
            int got = generation.tokenCount();
            if (got > asked) {
                findings.at(
                        generation.tokens().get(asked).event(),
                        "at most max_tokens = %d tokens".formatted(asked),
                        "%d came".formatted(got));
            } else if (generation.ended() && got < asked && !generation.endedByModel()) {
                findings.add(
                        "exactly max_tokens = %d tokens".formatted(asked),
                        "%d came, with stop_reason %s"
                                .formatted(got, generation.stopReason().orElse("absent")));
            } else if (failed(generation)) {
                findings.add(
                        "max_tokens = %d tokens, or a clean refusal".formatted(asked),
                        "there was " + generation.outcome());
            } else if (generation.ended() && got == asked) {
                proved.add(asked);
            }
        }
        List<Integer> open = limits.stream().filter(n -> !proved.contains(n)).toList();
        if (!open.isEmpty()) {
            return findings.orInconclusive("no generation ran on to max_tokens %s: %s"
                    .formatted(
                            open, generations.stream().map(Generation::outcome).collect(Collectors.joining("; "))));
        }
        return findings.orHeld("exactly max_tokens tokens for " + limits);
    }

    /** A server's error before any event; where there is none, the worker was neither busy nor honest. */
    private static boolean failed(Generation generation) {
        return generation.exchange().status() >= 500 && !generation.busy();
    }
}
