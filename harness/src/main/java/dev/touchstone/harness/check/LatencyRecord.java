package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;

/**
 * Latencies of several generations, as the field defines them: time to first token (TTFT) from the request to the first
 * token event, inter-token latency (ITL) from one token event to the next. Recorded to 1 µs with three digits.
 */
public final class LatencyRecord {
    private static final long HIGHEST_MICROS = Duration.ofHours(1).toNanos() / 1000;

    private final Histogram first = new Histogram(HIGHEST_MICROS, 3);
    private final Histogram between = new Histogram(HIGHEST_MICROS, 3);
    private final long generations;
    private final double tokensPerSecond;

    /** Failed generations, and those without a token, are left out and show as missing in the count. */
    public LatencyRecord(List<Generation> all) {
        List<Generation> fit =
                all.stream().filter(g -> g.ended() && g.tokenCount() > 1).toList();
        long nanos = 0;
        long gaps = 0;
        for (Generation generation : fit) {
            first.recordValue(micros(generation.tokens().getFirst().event().nanos()));
            for (long gap : Gaps.of(generation)) {
                between.recordValue(micros(gap));
                nanos += gap;
                gaps++;
            }
        }
        generations = fit.size();
        tokensPerSecond = nanos == 0 ? 0 : gaps * 1e9 / nanos;
    }

    /** Percentiles of TTFT; none where no generation had tokens to time. */
    public List<Figure> firstTokenFigures(Duration p95Budget) {
        if (generations == 0) {
            return List.of();
        }
        return List.of(
                figure("TTFT p50", first, 50, OptionalDouble.empty()),
                figure("TTFT p95", first, 95, OptionalDouble.of(p95Budget.toNanos() / 1e6)));
    }

    /** Percentiles of ITL and the decode rate; none where no generation had tokens to time. */
    public List<Figure> interTokenFigures(Duration p95Budget) {
        if (generations == 0) {
            return List.of();
        }
        return List.of(
                figure("ITL p50", between, 50, OptionalDouble.empty()),
                figure("ITL p95", between, 95, OptionalDouble.of(p95Budget.toNanos() / 1e6)),
                figure("ITL p99", between, 99, OptionalDouble.empty()),
                new Figure("decode rate", tokensPerSecond, "tokens/s", OptionalDouble.empty()));
    }

    /**
     * Judges the figures that have a budget.
     *
     * @param least how many generations the rule needs
     */
    public Verdict judge(String rule, List<Figure> figures, int least) {
        if (generations < least) {
            return new Verdict.Inconclusive(
                    rule, "%d generations were whole, %d are needed".formatted(generations, least));
        }
        List<Finding> over = figures.stream()
                .filter(f -> f.budget().isPresent() && f.value() > f.budget().getAsDouble())
                .map(f -> Finding.of(
                        "%s within %.0f %s".formatted(f.name(), f.budget().getAsDouble(), f.unit()),
                        "it was %.2f %s".formatted(f.value(), f.unit())))
                .toList();
        if (!over.isEmpty()) {
            return new Verdict.Broken(rule, over);
        }
        return new Verdict.Held(
                rule,
                "%d generations: %s"
                        .formatted(
                                generations,
                                String.join(
                                        ", ",
                                        figures.stream()
                                                .map(f -> "%s %.2f %s".formatted(f.name(), f.value(), f.unit()))
                                                .toList())));
    }

    private static Figure figure(String name, Histogram histogram, double percentile, OptionalDouble budget) {
        return new Figure(name, histogram.getValueAtPercentile(percentile) / 1000.0, "ms", budget);
    }

    private static long micros(long nanos) {
        return Math.clamp(nanos / 1000, 0, HIGHEST_MICROS);
    }
}
