package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Judges SP-05: a repetition penalty raises the share of distinct tokens in a text that loops. Compared over as many
 * tokens as both texts have, since the share falls with length.
 */
public final class Repetition {
    private static final String RULE = "SP-05";
    private static final int LEAST_TOKENS = 8;
    private static final double LOOPING = 0.75;

    private Repetition() {}

    /** One looping prompt at temperature 0, without and with the penalty. */
    public record Pair(Generation plain, Generation penalized) {}

    public static Verdict judge(List<Pair> pairs) {
        var findings = new Findings(RULE);
        int looping = 0;
        int higher = 0;
        String last = "";
        for (Pair pair : pairs) {
            if (pair.penalized().refused()) {
                return new Verdict.Unsupported(RULE, "the worker declined repetition_penalty");
            }
            int tokens = Math.min(
                    pair.plain().tokens().size(), pair.penalized().tokens().size());
            boolean fit = pair.plain().ended() && pair.penalized().ended() && tokens >= LEAST_TOKENS;
            double before = fit ? distinct(pair.plain(), tokens) : 1;
            if (before < LOOPING) {
                looping++;
                double after = distinct(pair.penalized(), tokens);
                higher += after > before ? 1 : 0;
                last = "the share of distinct tokens was %.2f without and %.2f with the penalty"
                        .formatted(before, after);
            }
        }
        if (looping == 0) {
            return new Verdict.Inconclusive(RULE, "the model looped on no prompt, so there was nothing to lower");
        }
        if (higher == 0) {
            findings.add(
                    "more distinct tokens with a repetition_penalty above 1",
                    "on %d looping texts there were not: %s".formatted(looping, last));
        }
        return findings.orHeld("%d of %d looping texts repeat less; in the last %s".formatted(higher, looping, last));
    }

    private static double distinct(Generation generation, int tokens) {
        Set<String> seen = new HashSet<>();
        generation.tokens().stream().limit(tokens).forEach(t -> seen.add(t.t().orElse("")));
        return (double) seen.size() / tokens;
    }
}
