package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;

/** Judges PF-02: inter-token latency within its budget, and no stall that comes back in every generation. */
public final class SteadyDecode {
    private static final String RULE = "PF-02";

    private SteadyDecode() {}

    /**
     * Judges generations that ran one at a time. A stall that is rarer than one token in twenty does not move the 95th
     * percentile; but where it is periodic it shows in every generation, and a busy machine's does not.
     *
     * @param p95 budget of the 95th percentile
     * @param factor a gap of so many mean gaps is a stall
     * @param floor a gap below this never is
     * @param least how many generations are needed
     */
    public static Verdict judge(List<Generation> generations, Duration p95, double factor, Duration floor, int least) {
        var record = new LatencyRecord(generations);
        Verdict budget = record.judge(RULE, record.interTokenFigures(p95), least);
        if (budget instanceof Verdict.Inconclusive) {
            return budget;
        }
        long smallest = Long.MAX_VALUE;
        for (Generation generation : generations) {
            List<Long> gaps = Gaps.of(generation);
            if (gaps.isEmpty()) {
                continue;
            }
            long longest = gaps.stream().mapToLong(Long::longValue).max().orElse(0);
            double mean = gaps.stream().mapToLong(Long::longValue).average().orElse(0);
            if (longest <= Math.max(factor * mean, floor.toNanos())) {
                return budget;
            }
            smallest = Math.min(smallest, longest);
        }
        var findings = new Findings(RULE);
        if (budget instanceof Verdict.Broken over) {
            over.findings().forEach(findings::add);
        }
        return findings.add(
                        "a generation of %d without a gap over %.0f times its mean and %d ms"
                                .formatted(generations.size(), factor, floor.toMillis()),
                        "each stalled, by %s or more".formatted(Shown.millis(smallest)))
                .broken();
    }
}
