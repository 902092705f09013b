package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Judges SP-02: temperature 0, top_k 1 and top_p 0 are three names of one thing, whatever the seed. */
public final class GreedyForms {
    private static final String RULE = "SP-02";
    private static final String[] SAMPLING = {"temperature", "top_k", "top_p", "min_p", "seed"};

    private GreedyForms() {}

    /** @param how such as {@code top_k 1 with seed 7} */
    public record Form(String how, Generation generation) {}

    /**
     * @param plain runs at temperature 0, at least two
     * @param forms the same prompt and limit by other words
     */
    public static Verdict judge(List<Generation> plain, List<Form> forms) {
        var agreement = new SelfAgreement(plain, SAMPLING);
        var findings = new Findings(RULE);
        Set<String> declined = new TreeSet<>();
        int same = 0;
        for (Form form : forms) {
            Optional<String> obstacle = agreement.obstacle(form.generation());
            if (obstacle.isPresent()) {
                return new Verdict.Inconclusive(RULE, obstacle.get());
            }
            if (form.generation().refused()) {
                declined.add(form.how());
            } else if (!form.generation().ended()) {
                findings.add(
                        "the greedy text",
                        "with %s there was %s"
                                .formatted(form.how(), form.generation().outcome()));
            } else {
                Generation greedy = agreement.reference(form.generation()).orElseThrow();
                SameText.compare(greedy, form.generation(), "the text with " + form.how(), "temperature 0")
                        .ifPresent(findings::add);
                same++;
            }
        }
        if (!findings.none()) {
            return findings.broken();
        }
        if (!declined.isEmpty()) {
            return new Verdict.Unsupported(RULE, "the worker declined " + String.join(", ", declined));
        }
        return same == 0
                ? new Verdict.Inconclusive(RULE, "nothing was asked in another form")
                : findings.orHeld("%d other forms gave the greedy text of %d tokens"
                        .formatted(same, plain.getFirst().tokenCount()));
    }
}
