package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Judges rules that promise one and the same text and token count, such as DT-01 and DT-02. */
public final class SameText {
    private SameText() {}

    /** @param least how many whole generations the rule needs */
    public static Verdict judge(String rule, List<Generation> generations, int least) {
        Optional<String> unfit = unfit(generations, least);
        if (unfit.isPresent()) {
            return new Verdict.Inconclusive(rule, unfit.get());
        }
        var findings = new Findings(rule);
        Generation first = generations.getFirst();
        for (int run = 1; run < generations.size(); run++) {
            compare(first, generations.get(run), "run %d".formatted(run + 1), "run 1")
                    .ifPresent(findings::add);
        }
        return findings.orHeld("%d runs gave the same %d tokens, %d characters"
                .formatted(generations.size(), first.tokenCount(), first.text().length()));
    }

    /**
     * Judges whether a condition changes the text: the plain runs are compared with each other first (A/A), and where
     * they differ nothing can be said of the condition.
     *
     * @param plain two runs or more of each request, the runs of one request one after the other
     * @param changed one run of each request under the condition
     * @param condition in a few words, such as {@code after a cancelled request}
     */
    public static Verdict across(String rule, List<Generation> plain, List<Generation> changed, String condition) {
        Optional<String> unfit = changed.isEmpty()
                ? Optional.of("nothing was asked " + condition)
                : unfit(plain, 2 * changed.size()).or(() -> unfit(changed, 1));
        if (unfit.isPresent()) {
            return new Verdict.Inconclusive(rule, unfit.get());
        }
        var findings = new Findings(rule);
        int runs = plain.size() / changed.size();
        for (int n = 0; n < changed.size(); n++) {
            List<Generation> same = plain.subList(n * runs, (n + 1) * runs);
            Generation first = same.getFirst();
            if (same.stream()
                    .anyMatch(g -> compare(first, g, "a run", "another").isPresent())) {
                return findings.orInconclusive("the worker disagrees with itself without it (DT-01)");
            }
            compare(first, changed.get(n), "the text with " + condition, "the plain run")
                    .ifPresent(findings::add);
        }
        return findings.orHeld(
                "%d requests, %s: the same text as %d plain runs of each".formatted(changed.size(), condition, runs));
    }

    /** Why nothing can be said, where too little was generated. */
    static Optional<String> unfit(List<Generation> generations, int least) {
        Optional<Generation> failed = generations.stream()
                .filter(g -> !g.ended() || g.tokenCount() == 0)
                .findFirst();
        if (failed.isPresent()) {
            return Optional.of(
                    "a generation gave no whole text: " + failed.get().outcome());
        }
        return generations.size() < least
                ? Optional.of("%d generations are too few, %d are needed".formatted(generations.size(), least))
                : Optional.empty();
    }

    /** The first difference, if there is one, with the offset of the event in which it shows. */
    static Optional<Finding> compare(Generation wanted, Generation seen, String name, String reference) {
        String expected = "the text of " + reference;
        String a = wanted.text();
        String b = seen.text();
        int at = 0;
        while (at < Math.min(a.length(), b.length()) && a.charAt(at) == b.charAt(at)) {
            at++;
        }
        if (at < Math.max(a.length(), b.length())) {
            return Optional.of(located(
                    seen,
                    at,
                    expected,
                    "%s differs from character %d on: %s instead of %s"
                            .formatted(name, at, Shown.quoted(b.substring(at)), Shown.quoted(a.substring(at)))));
        }
        return wanted.tokenCount() == seen.tokenCount()
                ? Optional.empty()
                : Optional.of(Finding.of(
                        "the token count of %s, %d".formatted(reference, wanted.tokenCount()),
                        "%s had %d".formatted(name, seen.tokenCount())));
    }

    private static Finding located(Generation seen, int character, String expected, String actual) {
        int length = 0;
        for (Token token : seen.tokens()) {
            length += token.t().orElse("").length();
            if (length > character) {
                return new Finding(
                        expected,
                        actual,
                        OptionalLong.of(token.event().start()),
                        OptionalDouble.of(token.event().nanos() / 1e6));
            }
        }
        return Finding.of(expected, actual);
    }
}
