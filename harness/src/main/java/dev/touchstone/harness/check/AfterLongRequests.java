package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;

/** Judges CX-05: after long requests that came to nothing a short one gives its usual result. */
public final class AfterLongRequests {
    private static final String RULE = "CX-05";

    private AfterLongRequests() {}

    /** @param what came before, such as {@code after 8 refused prompts} */
    public record After(String what, Generation generation) {}

    /** @param plain two runs or more of the short request before any long one */
    public static Verdict judge(List<Generation> plain, List<After> after) {
        var unfit = SameText.unfit(plain, 2);
        if (unfit.isPresent()) {
            return new Verdict.Inconclusive(RULE, unfit.get());
        }
        var findings = new Findings(RULE);
        Generation usual = plain.getFirst();
        boolean steady = plain.stream()
                .allMatch(g -> SameText.compare(usual, g, "a run", "another").isEmpty());
        for (After one : after) {
            if (!one.generation().ended()) {
                findings.add(
                        "the short request to be served " + one.what(),
                        "the answer was " + one.generation().outcome());
            } else if (steady) {
                SameText.compare(usual, one.generation(), "the text " + one.what(), "a plain run")
                        .ifPresent(findings::add);
            }
        }
        if (!steady) {
            return findings.orInconclusive("the worker disagrees with itself without long requests (DT-01)");
        }
        return after.isEmpty()
                ? findings.orInconclusive("no long request was refused or given up")
                : findings.orHeld("the usual text came %s"
                        .formatted(String.join(
                                ", ", after.stream().map(After::what).toList())));
    }
}
