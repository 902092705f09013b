package dev.touchstone.harness.sse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects findings, at most {@value #PER_RULE} of a rule, so that a hostile body cannot fill the memory. */
final class SseFindings {

    private static final int PER_RULE = 100;

    private final List<SseFinding> found = new ArrayList<>();
    private final Map<SseRule, Integer> counts = new EnumMap<>(SseRule.class);

    void add(SseRule rule, String detail, long offset) {
        if (counts.merge(rule, 1, Integer::sum) <= PER_RULE) {
            found.add(new SseFinding(rule, detail, offset));
        }
    }

    List<SseFinding> inOrder() {
        return found.stream()
                .sorted(Comparator.comparingLong(SseFinding::byteOffset).thenComparing(SseFinding::rule))
                .toList();
    }
}
