package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** Judges CX-04: a prompt that fills the context is read from its first sentence on. */
public final class WholePrompt {
    private static final String RULE = "CX-04";

    private WholePrompt() {}

    /**
     * Judges continuations of prompts that differ in their first sentence only. Some may be the same by chance; a worker
     * that reads the first sentence is not so unlucky with all of them, greedy and drawn.
     *
     * @param greedy two runs of the first prompt, then one of each other
     * @param seeded the same at a high temperature with one seed; empty where the greedy ones already tell
     * @param otherSeed the first prompt drawn with another seed: where even that gives the same, the model is so sure of
     *     what follows that nothing can be told; empty where the others already tell
     * @param heads how many first sentences must have been tried before a worker is blamed
     * @param promptTokens of each prompt
     */
    public static Verdict judge(
            List<Generation> greedy,
            List<Generation> seeded,
            Optional<Generation> otherSeed,
            int heads,
            int promptTokens) {
        var findings = new Findings(RULE);
        for (Generation generation : greedy) {
            generation
                    .tokensIn()
                    .filter(in -> ContextLimit.isCut(in, promptTokens))
                    .ifPresent(in -> findings.add(
                            "all %d tokens of the prompt to be read".formatted(promptTokens), "tokens_in was " + in));
        }
        if (!findings.none()) {
            return findings.broken();
        }
        Optional<String> unfit =
                SameText.unfit(greedy, 3).or(() -> seeded.isEmpty() ? Optional.empty() : SameText.unfit(seeded, 3));
        if (unfit.isPresent()) {
            return new Verdict.Inconclusive(RULE, unfit.get());
        }
        for (List<Generation> runs : seeded.isEmpty() ? List.of(greedy) : List.of(greedy, seeded)) {
            if (SameText.compare(runs.get(0), runs.get(1), "a run", "another").isPresent()) {
                return new Verdict.Inconclusive(RULE, "the worker disagrees with itself (DT-01, DT-02)");
            }
            Optional<Finding> difference = difference(runs);
            if (difference.isPresent()) {
                return new Verdict.Held(RULE, difference.get().actual());
            }
        }
        if (greedy.size() <= heads || seeded.size() <= heads) {
            return new Verdict.Inconclusive(
                    RULE, "all continuations were the same, but too few first sentences were tried");
        }
        if (otherSeed
                .filter(g -> g.ended() && !g.text().equals(seeded.getFirst().text()))
                .isEmpty()) {
            return new Verdict.Inconclusive(
                    RULE, "the model continues this prompt alike whatever is drawn, so its first sentence cannot show");
        }
        return findings.add(
                        "the first sentence of a prompt of %d tokens to change its continuation"
                                .formatted(promptTokens),
                        "all of %d had one greedy and one drawn continuation, %s"
                                .formatted(heads, Shown.quoted(greedy.getFirst().text())))
                .broken();
    }

    private static Optional<Finding> difference(List<Generation> runs) {
        return runs.subList(2, runs.size()).stream()
                .flatMap(g -> SameText.compare(
                        runs.getFirst(), g, "the continuation after another first sentence", "the first prompt")
                        .stream())
                .findFirst();
    }
}
