package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** Judges CA-02: a cancel may be repeated, may name no job, and never touches a job that it does not name. */
public final class CancelIsolation {
    private static final String RULE = "CA-02";

    private CancelIsolation() {}

    /**
     * @param baselines at least two whole generations of the same request without any cancel
     * @param others generations of the same request that ran while, or after, other ids were cancelled
     * @param cancels of finished, unknown and repeated ids
     * @param nameless a cancel without an id
     */
    public static Verdict judge(
            List<Generation> baselines, List<Generation> others, List<Exchange> cancels, Exchange nameless) {
        var findings = new Findings(RULE);
        cancels.stream()
                .filter(c -> c.status() != 202)
                .forEach(c -> findings.add("202 to POST /cancel of " + Shown.brief(c.label()), Shown.answer(c)));
        if (nameless.status() != 400) {
            findings.add("400 to POST /cancel without job_id", Shown.answer(nameless));
        }
        Optional<String> unfit = SameText.unfit(baselines, 2);
        if (unfit.isPresent() || cancels.isEmpty() || others.isEmpty()) {
            return findings.orInconclusive(unfit.orElse("nothing ran beside a cancel"));
        }
        boolean steady = SameText.compare(baselines.getFirst(), baselines.getLast(), "", "")
                .isEmpty();
        for (int n = 0; n < others.size(); n++) {
            untouched(n + 1, others.get(n), baselines.getFirst(), steady, findings);
        }
        return steady
                ? findings.orHeld("%d cancels of other ids answered 202, and %d jobs beside them gave their whole text"
                        .formatted(cancels.size(), others.size()))
                : findings.orInconclusive("the worker disagrees with itself, DT-01");
    }

    private static void untouched(
            int number, Generation other, Generation baseline, boolean steady, Findings findings) {
        if (!other.ended()) {
            findings.add(
                    "job %d, which no cancel named, to come to its end".formatted(number),
                    "its outcome was " + other.outcome());
        } else if (steady) {
            SameText.compare(baseline, other, "job %d beside the cancels".formatted(number), "a run without a cancel")
                    .ifPresent(findings::add);
        }
    }
}
