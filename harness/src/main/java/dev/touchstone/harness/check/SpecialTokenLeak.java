package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Judges TX-04: the text of special tokens, of the model families that are in use, does not show in {@code t}. */
public final class SpecialTokenLeak {
    private static final String RULE = "TX-04";
    private static final Pattern MARKER =
            Pattern.compile("<\\|[a-z][a-z0-9_]*\\|>|</?s>|<(start|end)_of_turn>|<eos>|<bos>|<pad>"
                    + "|<unk>|\\[/?INST]|<<SYS>>|<[\\uFF5C|][^<>]{0,40}[\\uFF5C|]>");

    private SpecialTokenLeak() {}

    /** @param generations at least one of which the model should have ended itself */
    public static Verdict judge(List<Generation> generations) {
        var findings = new Findings(RULE);
        for (Generation generation : generations) {
            MARKER.matcher(generation.text()).results().forEach(found -> at(generation, found, findings));
        }
        long ended = generations.stream().filter(Generation::endedByModel).count();
        int tokens = generations.stream().mapToInt(Generation::tokenCount).sum();
        if (ended == 0) {
            return findings.orInconclusive(
                    "the model ended none of %d texts (%d tokens), so no end-of-text marker could leak"
                            .formatted(generations.size(), tokens));
        }
        return findings.orHeld(
                "no marker in %d tokens; the model ended %d of %d texts".formatted(tokens, ended, generations.size()));
    }

    private static void at(Generation generation, MatchResult found, Findings findings) {
        int length = 0;
        for (Token token : generation.tokens()) {
            length += token.t().orElse("").length();
            if (length > found.start()) {
                findings.at(token.event(), "no special-token text in t", "there was " + found.group());
                return;
            }
        }
    }
}
