package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges DT-03: different seeds do not all give one text. Several prompts may have been tried, for a model may be sure
 * of how one goes on; a seed or a temperature that is ignored shows on each of them.
 */
public final class SeedVariety {
    private static final String RULE = "DT-03";

    private SeedVariety() {}

    /** @param distinct how many distinct texts of one prompt there must be at least */
    public static Verdict judge(List<Generation> generations, int distinct) {
        Map<String, List<Generation>> byPrompt = new LinkedHashMap<>();
        generations.forEach(g ->
                byPrompt.computeIfAbsent(g.wish("seed"), _ -> new ArrayList<>()).add(g));
        var findings = new Findings(RULE);
        Optional<String> obstacle = Optional.of("nothing was generated");
        for (List<Generation> seeds : byPrompt.values()) {
            Optional<String> unfit = SameText.unfit(seeds, distinct);
            if (unfit.isPresent()) {
                obstacle = unfit;
                continue;
            }
            List<String> texts = seeds.stream().map(Generation::text).distinct().toList();
            if (texts.size() >= distinct) {
                return new Verdict.Held(RULE, "%d distinct texts of %d seeds".formatted(texts.size(), seeds.size()));
            }
            findings.add(
                    "at least %d distinct texts of %d seeds".formatted(distinct, seeds.size()),
                    "there were %d, the first being %s".formatted(texts.size(), Shown.quoted(texts.getFirst())));
        }
        return findings.orInconclusive(obstacle.get());
    }
}
