package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;

/** Judges DT-03: different seeds do not all give one text. */
public final class SeedVariety {
    private static final String RULE = "DT-03";

    private SeedVariety() {}

    /** @param distinct how many distinct texts there must be at least */
    public static Verdict judge(List<Generation> generations, int distinct) {
        var unfit = SameText.unfit(generations, distinct);
        if (unfit.isPresent()) {
            return new Verdict.Inconclusive(RULE, unfit.get());
        }
        List<String> texts =
                generations.stream().map(Generation::text).distinct().toList();
        var findings = new Findings(RULE);
        if (texts.size() < distinct) {
            findings.add(
                    "at least %d distinct texts of %d seeds".formatted(distinct, generations.size()),
                    "there were %d, the first being %s".formatted(texts.size(), Shown.quoted(texts.getFirst())));
        }
        return findings.orHeld("%d distinct texts of %d seeds".formatted(texts.size(), generations.size()));
    }
}
