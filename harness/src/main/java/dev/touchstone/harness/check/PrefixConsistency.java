package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Judges DT-08: at temperature 0 the text for few tokens begins the text for more. A character that the limit cuts may
 * stand as U+FFFD at the end of the shorter text.
 */
public final class PrefixConsistency {
    private static final String RULE = "DT-08";
    private static final String REPLACEMENT = "\uFFFD";

    private PrefixConsistency() {}

    /**
     * @param plain runs of the longest request of each prompt, at least two
     * @param shorter the same requests with fewer tokens
     */
    public static Verdict judge(List<Generation> plain, List<Generation> shorter) {
        var agreement = new SelfAgreement(plain, "max_tokens");
        var findings = new Findings(RULE);
        List<Integer> compared = new ArrayList<>();
        for (Generation few : shorter) {
            Optional<String> obstacle = agreement.obstacle(few).or(() -> SameText.unfit(List.of(few), 1));
            if (obstacle.isPresent()) {
                return findings.orInconclusive(obstacle.get());
            }
            String whole = agreement.reference(few).orElseThrow().text();
            int limit = few.maxTokens().orElse(0);
            if (!begins(few.text(), whole)) {
                findings.add(
                        "the text for %d tokens to begin the text for %s"
                                .formatted(
                                        limit,
                                        agreement
                                                .reference(few)
                                                .flatMap(Generation::maxTokens)
                                                .map(String::valueOf)
                                                .orElse("more")),
                        "it was %s instead of %s".formatted(Shown.quoted(few.text()), Shown.quoted(whole)));
            }
            compared.add(limit);
        }
        if (compared.isEmpty()) {
            return new Verdict.Inconclusive(RULE, "no shorter text came");
        }
        compared.sort(Comparator.naturalOrder());
        return findings.orHeld("the texts for %s tokens begin those for more".formatted(compared));
    }

    static boolean begins(String few, String whole) {
        return whole.startsWith(few)
                || (few.endsWith(REPLACEMENT) && whole.startsWith(few.substring(0, few.length() - 1)));
    }
}
