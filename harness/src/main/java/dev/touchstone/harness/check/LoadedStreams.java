package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;

/**
 * Judges PF-05: no request fails under load. A bounded queue that is full may refuse: an honest 503 BUSY with
 * {@code Retry-After} (429 in the OpenAI dialect too) is counted and no failure, unless the client was alone or nobody
 * was served.
 */
public final class LoadedStreams {
    private static final String RULE = "PF-05";
    private static final long HIGHEST_MICROS = Duration.ofHours(1).toNanos() / 1000;

    private LoadedStreams() {}

    /**
     * A closed loop at one level.
     *
     * @param streams clients at once
     * @param all requests of the loop
     * @param nanos from the first request to the end of the last
     */
    public record Level(int streams, List<Generation> all, long nanos) {

        List<Generation> served() {
            return all.stream().filter(Generation::ended).toList();
        }

        long refused() {
            return all.stream().filter(LoadedStreams::busy).count();
        }
    }

    /** Throughput, TTFT and ITL of each level that served something. */
    public static List<Figure> figures(List<Level> levels) {
        List<Figure> figures = new ArrayList<>();
        for (Level level : levels) {
            if (level.served().isEmpty()) {
                continue;
            }
            var first = new Histogram(HIGHEST_MICROS, 3);
            var between = new Histogram(HIGHEST_MICROS, 3);
            for (Generation generation : level.served()) {
                generation.firstTokenNanos().ifPresent(n -> first.recordValue(micros(n)));
                Gaps.of(generation).forEach(gap -> between.recordValue(micros(gap)));
            }
            int tokens =
                    level.served().stream().mapToInt(Generation::tokenCount).sum();
            String name = "%2d streams: ".formatted(level.streams());
            figures.add(figure(name + "throughput", tokens * 1e9 / Math.max(1, level.nanos()), "tokens/s"));
            figures.add(figure(name + "TTFT p95", first.getValueAtPercentile(95) / 1000.0, "ms"));
            figures.add(figure(name + "ITL p95", between.getValueAtPercentile(95) / 1000.0, "ms"));
        }
        return figures;
    }

    /** Judges all levels. */
    public static Verdict judge(List<Level> levels) {
        if (levels.isEmpty() || levels.stream().anyMatch(l -> l.all().isEmpty())) {
            return new Verdict.Inconclusive(RULE, "no request was sent at some level");
        }
        var findings = new Findings(RULE);
        for (Level level : levels) {
            level.all().stream()
                    .filter(g -> !g.ended() && !busy(g))
                    .findFirst()
                    .ifPresent(g -> findings.add(
                            "no failed request at %d streams".formatted(level.streams()),
                            "%d of %d failed, one by %s"
                                    .formatted(
                                            level.all().size() - level.served().size() - level.refused(),
                                            level.all().size(),
                                            g.outcome())));
            if (level.refused() > 0 && (level.streams() == 1 || level.served().isEmpty())) {
                findings.add(
                        "requests served at %d streams".formatted(level.streams()),
                        "%d of %d were refused as too many"
                                .formatted(level.refused(), level.all().size()));
            }
        }
        return findings.orHeld("no failed request: "
                + String.join(", ", levels.stream().map(LoadedStreams::shown).toList()));
    }

    private static String shown(Level level) {
        return "%d streams %d served%s"
                .formatted(
                        level.streams(),
                        level.served().size(),
                        level.refused() > 0 ? " and %d told to come again".formatted(level.refused()) : "");
    }

    private static boolean busy(Generation generation) {
        Exchange exchange = generation.exchange();
        boolean told = exchange.head().flatMap(h -> h.header("Retry-After")).isPresent();
        if (generation.isOpenAi()) {
            return exchange.status() == 429 || (exchange.status() == 503 && told);
        }
        return exchange.status() == 503
                && told
                && Fields.of(exchange.bodyText())
                        .flatMap(f -> f.string("code"))
                        .filter("BUSY"::equals)
                        .isPresent();
    }

    private static Figure figure(String name, double value, String unit) {
        return new Figure(name, value, unit, OptionalDouble.empty());
    }

    private static long micros(long nanos) {
        return Math.clamp(nanos / 1000, 0, HIGHEST_MICROS);
    }
}
