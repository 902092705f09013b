package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges QU-04: a running stream keeps moving while a context-filling prompt is prefilled beside it. */
public final class PrefillGap {
    private static final String RULE = "QU-04";
    /** The contract's factor over the median gap. */
    private static final int FACTOR = 10;

    private PrefillGap() {}

    /** A running stream, and the one with the long prompt that was sent beside it. */
    public record Pair(Generation running, Generation filling) {}

    /** Whether some of these gave text before another was half over. */
    public static boolean runsSeveral(List<Generation> generations) {
        return Moments.severalAtOnce(generations);
    }

    /** Whether the later gave no text before the earlier was over, or gave none at all. */
    public static boolean waited(Generation earlier, Generation later) {
        return Moments.firstText(later)
                .filter(first -> first.isBefore(Moments.lastEvent(earlier)))
                .isEmpty();
    }

    /** A model that has nothing to add ends at once: its prompt has been read all the same. */
    private static Optional<Instant> prefilled(Generation filling) {
        return Moments.firstText(filling)
                .or(() -> filling.ended() ? Optional.of(Moments.lastEvent(filling)) : Optional.empty());
    }

    /** @param floor gaps up to this are never held against a worker; several pairs, since a busy kit only adds gaps */
    public static Verdict judge(List<Pair> pairs, Duration floor) {
        List<Finding> stalls = new ArrayList<>();
        for (Pair pair : pairs) {
            Optional<Instant> prefilled = prefilled(pair.filling());
            if (prefilled.isEmpty() || !prefilled.get().isBefore(Moments.lastEvent(pair.running()))) {
                continue;
            }
            List<Long> gaps = Gaps.of(pair.running()).stream().sorted().toList();
            if (gaps.isEmpty()) {
                continue;
            }
            long median = gaps.get(gaps.size() / 2);
            long allowed = Math.max(FACTOR * median, floor.toNanos());
            long largest = gaps.getLast();
            if (largest <= allowed) {
                return new Verdict.Held(
                        RULE,
                        "the largest gap of a running stream was %s, its median %s, during a prefill of %s"
                                .formatted(
                                        Shown.millis(largest),
                                        Shown.millis(median),
                                        Shown.millis(pair.filling()
                                                .firstTokenNanos()
                                                .orElse(pair.filling().durationNanos()))));
            }
            stalls.add(Finding.of(
                    "no gap over %s while another prompt is prefilled".formatted(Shown.millis(allowed)),
                    "the largest was %s, with a median of %s".formatted(Shown.millis(largest), Shown.millis(median))));
        }
        return stalls.isEmpty()
                ? new Verdict.Inconclusive(RULE, "no prefill ended while another stream ran")
                : new Verdict.Broken(RULE, stalls);
    }
}
