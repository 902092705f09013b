package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Judges PF-04: time to first token grows no faster than linearly with the prompt. */
public final class PrefillScaling {
    private static final String RULE = "PF-04";
    /** Attention adds a little beyond the line, and a prefill in steps may take one step more. */
    private static final double SLACK = 2.0;
    /** Prompts that differ by less cannot tell a square from a line that has that slack. */
    private static final double LEAST_SPREAD = 3.0;
    /** Below this a wait is noise of the machine. */
    private static final Duration FLOOR = Duration.ofMillis(20);

    private PrefillScaling() {}

    /**
     * Prefill rates, one figure a size: the median of the prompt's tokens over the time to first token.
     *
     * @param rounds the same sizes in the same order in each, from the shortest prompt on
     */
    public static List<Figure> figures(List<List<Generation>> rounds) {
        List<Figure> figures = new ArrayList<>();
        for (int n = 0; n < sizes(rounds); n++) {
            int size = n;
            double tokens = median(rounds, round -> tokens(round.get(size)));
            double rate = median(rounds, round -> tokens(round.get(size)) * 1e9 / waited(round.get(size)));
            figures.add(new Figure(
                    "prefill rate, %.0f tokens".formatted(tokens), rate, "tokens/s", OptionalDouble.empty()));
        }
        return figures;
    }

    /** Judges by medians of ratios within a round, so that a machine that grows busier is not held against a worker. */
    public static Verdict judge(List<List<Generation>> rounds) {
        for (Generation generation : rounds.stream().flatMap(List::stream).toList()) {
            if (!generation.ended() || tokens(generation) < 1) {
                return new Verdict.Inconclusive(
                        RULE, "a prompt was not served with a count of its tokens: " + generation.outcome());
            }
        }
        int sizes = sizes(rounds);
        var findings = new Findings(RULE);
        boolean told = false;
        for (int small = 0; small < sizes; small++) {
            for (int large = small + 1; large < sizes; large++) {
                told |= compare(rounds, small, large, findings);
            }
        }
        if (!told && findings.none()) {
            return new Verdict.Inconclusive(
                    RULE,
                    "%d rounds of %d sizes: no two prompts differ by a factor of %.0f"
                            .formatted(rounds.size(), sizes, LEAST_SPREAD));
        }
        return findings.orHeld("%d rounds: %s"
                .formatted(
                        rounds.size(),
                        String.join(
                                ", ",
                                figures(rounds).stream()
                                        .map(f -> "%s %.0f %s".formatted(f.name(), f.value(), f.unit()))
                                        .toList())));
    }

    private static boolean compare(List<List<Generation>> rounds, int small, int large, Findings findings) {
        double spread = median(rounds, round -> (double) tokens(round.get(large)) / tokens(round.get(small)));
        if (spread < LEAST_SPREAD) {
            return false;
        }
        double grown = median(rounds, round -> (double) waited(round.get(large)) / waited(round.get(small)));
        double longest = median(rounds, round -> waited(round.get(large)));
        if (grown > SLACK * spread && longest > FLOOR.toNanos()) {
            findings.add(
                    "a time to first token that grows no faster than the prompt, %.1f times from %d to %d tokens"
                            .formatted(
                                    spread,
                                    tokens(rounds.getFirst().get(small)),
                                    tokens(rounds.getFirst().get(large))),
                    "it grew %.1f times, to %s".formatted(grown, Shown.millis((long) longest)));
        }
        return true;
    }

    private static int sizes(List<List<Generation>> rounds) {
        return rounds.stream().mapToInt(List::size).min().orElse(0);
    }

    private static double median(List<List<Generation>> rounds, ToDoubleFunction<List<Generation>> of) {
        double[] sorted = rounds.stream().mapToDouble(of).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static int tokens(Generation generation) {
        return generation
                .tokensIn()
                .filter(n -> n.bitLength() < Integer.SIZE)
                .map(BigInteger::intValue)
                .orElse(0);
    }

    /** To the first token, or to the end where the model had nothing to say. */
    private static long waited(Generation generation) {
        return Math.max(1, generation.firstTokenNanos().orElse(generation.durationNanos()));
    }
}
