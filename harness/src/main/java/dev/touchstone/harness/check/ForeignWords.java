package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;

/** Judges DT-04 by what a model says of its prompt: a word that only another request's prompt held came from there. */
public final class ForeignWords {
    private ForeignWords() {}

    /** @param words each of which stands in the prompt of some of the requests */
    public static Verdict judge(String rule, List<Generation> generations, List<String> words) {
        var findings = new Findings(rule);
        int own = 0;
        for (Generation generation : generations) {
            String asked = generation.wish();
            for (String word : words) {
                boolean said = generation.text().contains(word);
                if (said && !asked.contains(word)) {
                    findings.add(
                            "an answer from the request's own prompt",
                            "it said '%s', which only another request's prompt holds: %s"
                                    .formatted(word, Shown.quoted(generation.text())));
                }
                own += said && asked.contains(word) ? 1 : 0;
            }
        }
        return own == 0
                ? findings.orInconclusive("no answer said a word of its own prompt")
                : findings.orHeld("%d of %d answers from their own prompts, none from another's"
                        .formatted(own, generations.size()));
    }
}
