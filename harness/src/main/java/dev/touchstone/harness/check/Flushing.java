package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Judges EV-07: tokens are sent as they are produced.
 *
 * <p>A first token that comes late because its prefill took long is no buffered one, see {@link #decodedInSight}.
 *
 * <p>A kit that the machine gives no time sees several tokens in one read although the worker flushed each; so several
 * generations are looked at and the rule is broken only where all of them break it. A worker that holds tokens back
 * does so every time.
 */
public final class Flushing {
    private static final String RULE = "EV-07";
    private static final int LEAST_TOKENS = 32;
    private static final Duration LEAST_DURATION = Duration.ofMillis(200);
    private static final double FIRST_TOKEN_SHARE = 0.5;
    private static final double READ_SHARE = 0.25;
    private static final int BURST_PART = 20;
    private static final double BURST_SHARE = 0.5;
    /** A lagging reader sees blocks of many sizes; a counter in the worker makes them all equal. */
    private static final int LEAST_BLOCK = 8;

    private static final double BLOCK_SHARE = 0.8;
    private static final int MOST_BLOCK = 64;
    private static final int LEAST_JOINTS = 8;
    private static final double JOINT_SHARE = 0.85;

    private Flushing() {}

    /** Whether the generation is long enough for the rule to apply. */
    public static boolean applies(Generation generation) {
        return generation.tokenCount() >= LEAST_TOKENS
                && generation.durationNanos() >= LEAST_DURATION.toNanos()
                && decodeMillis(generation)
                        .filter(told -> told < LEAST_DURATION.toMillis())
                        .isEmpty();
    }

    /**
     * Judges; of a worker that is so quick that no generation lasts long enough, nothing is asked.
     *
     * @param longest tokens of the longest generation that the worker's context has room for
     */
    public static Verdict judge(List<Generation> generations, int longest) {
        List<Generation> full = generations.stream()
                .filter(g -> g.ended() && !g.endedByModel() && g.tokenCount() >= longest)
                .toList();
        boolean tooQuick = !full.isEmpty()
                && full.stream().allMatch(g -> g.durationNanos() < LEAST_DURATION.toNanos())
                && generations.stream().noneMatch(Flushing::applies);
        return tooQuick
                ? new Verdict.Unsupported(
                        RULE,
                        "the rule applies from %d ms on, and the longest generation that there is room for was over sooner: %s"
                                .formatted(LEAST_DURATION.toMillis(), lengths(full)))
                : judge(generations);
    }

    /** Judges. */
    public static Verdict judge(List<Generation> generations) {
        List<Generation> fit = generations.stream().filter(Flushing::applies).toList();
        if (fit.isEmpty()) {
            return new Verdict.Inconclusive(
                    RULE,
                    "no generation had %d tokens and was decoded for %d ms: %s"
                            .formatted(LEAST_TOKENS, LEAST_DURATION.toMillis(), lengths(generations)));
        }
        List<Verdict> verdicts = fit.stream().map(Flushing::judge).toList();
        return verdicts.stream()
                .filter(v -> v instanceof Verdict.Held)
                .findFirst()
                .orElse(verdicts.getFirst());
    }

    private static Verdict judge(Generation generation) {
        var findings = new Findings(RULE);
        List<Token> tokens = generation.tokens();
        int count = tokens.size();
        Token first = tokens.getFirst();
        double share = (double) first.event().nanos() / generation.durationNanos();
        if (share >= FIRST_TOKEN_SHARE && !decodedInSight(generation, first)) {
            findings.at(
                    first.event(),
                    "the first token before 50% of the whole duration",
                    "it came after %.0f%% of %s".formatted(100 * share, Shown.millis(generation.durationNanos())));
        }
        Map<Integer, Long> reads = tokens.stream()
                .collect(Collectors.groupingBy(t -> t.event().read(), TreeMap::new, Collectors.counting()));
        var largest =
                reads.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        if (largest.getValue() > READ_SHARE * count) {
            Token at = tokens.stream()
                    .filter(t -> t.event().read() == largest.getKey())
                    .findFirst()
                    .orElseThrow();
            findings.at(
                    at.event(),
                    "no more than 25% of the tokens in one read",
                    "%d of %d came in one read".formatted(largest.getValue(), count));
        }
        burst(tokens, findings);
        if (!blocks(reads, count, first, findings)) {
            joints(reads, first, findings);
        }
        return findings.orHeld("%d tokens in %d reads, at most %d in one; the first after %.0f%% of %s"
                .formatted(
                        count,
                        reads.size(),
                        largest.getValue(),
                        100 * share,
                        Shown.millis(generation.durationNanos())));
    }

    /**
     * Whether the tokens came over the time that the worker says it took to decode them. Then nothing held them back,
     * and what the first of them waited for is a long prefill, which no buffer looks like: after a buffer all the
     * decoding lies before the first token.
     */
    private static boolean decodedInSight(Generation generation, Token first) {
        double seen = (generation.durationNanos() - first.event().nanos()) / 1e6;
        return decodeMillis(generation)
                .filter(told -> seen >= FIRST_TOKEN_SHARE * told)
                .isPresent();
    }

    /** How long the decoding took by the worker's own word; where that is short, tokens come together by nature. */
    private static Optional<Double> decodeMillis(Generation generation) {
        return generation
                .end()
                .flatMap(end -> end.number("decode_time_ms"))
                .map(BigDecimal::doubleValue)
                .filter(told -> told > 0);
    }

    /**
     * A lagging reader takes several blocks in one read, but its reads still end where blocks end. Of reads that end
     * anywhere, seven in eight hardly ever agree on one place.
     */
    private static void joints(Map<Integer, Long> reads, Token first, Findings findings) {
        List<Long> ends = new ArrayList<>();
        long sum = 0;
        for (long size : reads.values()) {
            sum += size;
            ends.add(sum);
        }
        // The last read ends with the generation.
        ends.removeLast();
        if (ends.size() < LEAST_JOINTS) {
            return;
        }
        for (int block = MOST_BLOCK; block >= LEAST_BLOCK; block--) {
            long size = block;
            long agreeing =
                    ends.stream()
                            .collect(Collectors.groupingBy(end -> end % size, Collectors.counting()))
                            .values()
                            .stream()
                            .max(Comparator.naturalOrder())
                            .orElse(0L);
            if (agreeing >= JOINT_SHARE * ends.size()) {
                findings.at(
                        first.event(),
                        "tokens flushed as they are produced",
                        "%d of %d reads ended with a block of %d tokens".formatted(agreeing, ends.size(), size));
                return;
            }
        }
    }

    /**
     * What a worker held back until the end may come in many reads although it left at once, since a socket takes so much
     * at a time; so the last moment is looked at too. Of a steady stream the last twentieth of the time has a twentieth of
     * the tokens.
     */
    private static void burst(List<Token> tokens, Findings findings) {
        long last = tokens.getLast().event().nanos();
        long span = last - tokens.getFirst().event().nanos();
        long window = span / BURST_PART;
        List<Token> late = tokens.stream()
                .filter(token -> token.event().nanos() > last - window)
                .toList();
        if (span >= LEAST_DURATION.toNanos() / 2 && late.size() > BURST_SHARE * tokens.size()) {
            findings.at(
                    late.getFirst().event(),
                    "no more than half of the tokens in the last twentieth of the time",
                    "%d of %d came within the last %s of %s"
                            .formatted(late.size(), tokens.size(), Shown.millis(window), Shown.millis(span)));
        }
    }

    private static boolean blocks(Map<Integer, Long> reads, int count, Token first, Findings findings) {
        int before = findings.findings().size();
        reads.values().stream()
                .collect(Collectors.groupingBy(size -> size, Collectors.counting()))
                .forEach((size, times) -> {
                    if (size >= LEAST_BLOCK && times > 1 && size * times >= BLOCK_SHARE * count) {
                        findings.at(
                                first.event(),
                                "tokens flushed as they are produced",
                                "%d of %d came in blocks of exactly %d".formatted(size * times, count, size));
                    }
                });
        return findings.findings().size() > before;
    }

    private static String lengths(List<Generation> generations) {
        return generations.stream()
                .map(g -> "%d tokens in %s".formatted(g.tokenCount(), Shown.millis(g.durationNanos())))
                .collect(Collectors.joining(", "));
    }
}
