package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;

/** Judges PF-03: how soon health answers while the engine generates. */
public final class HealthLatency {
    private static final String RULE = "PF-03";
    private static final long HIGHEST_MICROS = Duration.ofHours(1).toNanos() / 1000;
    private static final int OK = 200;
    /** If none of so many is in time, the percentile is not. */
    private static final int TELLING_CALLS = 8;

    private HealthLatency() {}

    /**
     * The figures of the quickest round: a busy kit only ever makes health slower.
     *
     * @param rounds calls that were sent while a generation streamed
     * @param least how many calls make a round
     */
    public static List<Figure> figures(List<List<Exchange>> rounds, int least, Duration budget) {
        return rounds.stream()
                .filter(round -> round.size() >= least)
                .map(HealthLatency::histogram)
                .min(Comparator.comparingLong(h -> h.getValueAtPercentile(99)))
                .map(h -> List.of(
                        figure("health p50", h, 50, OptionalDouble.empty()),
                        figure("health p99", h, 99, OptionalDouble.of(budget.toNanos() / 1e6))))
                .orElse(List.of());
    }

    /** Judges by those figures. */
    public static Verdict judge(List<List<Exchange>> rounds, int least, Duration budget) {
        List<Exchange> all = rounds.stream().flatMap(List::stream).toList();
        var findings = new Findings(RULE);
        all.stream()
                .filter(c -> c.status() != OK)
                .findFirst()
                .ifPresent(c -> findings.add("health to answer 200", Shown.answer(c)));
        List<Figure> figures = new ArrayList<>(figures(rounds, least, budget));
        if (figures.isEmpty()) {
            tooSlowToCount(rounds, all, budget, findings);
            return findings.orInconclusive("no round had %d health calls while a generation streamed".formatted(least));
        }
        Figure p99 = figures.getLast();
        if (p99.value() > budget.toNanos() / 1e6) {
            findings.add(
                    "health p99 within %.1f ms".formatted(budget.toNanos() / 1e6),
                    "it was %.2f ms in the quickest of %d rounds".formatted(p99.value(), rounds.size()));
        }
        return findings.orHeld("%d health calls in %d rounds, p50 %.2f ms and p99 %.2f ms in the quickest"
                .formatted(all.size(), rounds.size(), figures.getFirst().value(), p99.value()));
    }

    /**
     * A worker that answers so late that few calls fit into a generation has no better percentile for that. A quarter of
     * them may be quick, such as one that was sent before the generation had begun.
     */
    private static void tooSlowToCount(
            List<List<Exchange>> rounds, List<Exchange> all, Duration budget, Findings findings) {
        long[] slower = all.stream()
                .mapToLong(c -> c.end().nanos())
                .sorted()
                .skip(all.size() / 4)
                .toArray();
        if (all.size() >= TELLING_CALLS && slower[0] > budget.toNanos()) {
            findings.add(
                    "health p99 within %.1f ms".formatted(budget.toNanos() / 1e6),
                    "%d of all %d calls in %d rounds took %s or more"
                            .formatted(slower.length, all.size(), rounds.size(), Shown.millis(slower[0])));
        }
    }

    private static Histogram histogram(List<Exchange> calls) {
        var histogram = new Histogram(HIGHEST_MICROS, 3);
        calls.forEach(c -> histogram.recordValue(Math.clamp(c.end().nanos() / 1000, 0, HIGHEST_MICROS)));
        return histogram;
    }

    private static Figure figure(String name, Histogram histogram, double percentile, OptionalDouble budget) {
        return new Figure(name, histogram.getValueAtPercentile(percentile) / 1000.0, "ms", budget);
    }
}
