package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;

/** Judges EV-10: each of several sequential requests gets its own whole stream. */
public final class StreamIsolation {
    private static final String RULE = "EV-10";

    private StreamIsolation() {}

    public static Verdict judge(List<Generation> generations, String model, Duration closing, Duration skew) {
        var findings = new Findings(RULE);
        for (int n = 0; n < generations.size(); n++) {
            Generation generation = generations.get(n);
            List<Verdict> verdicts = List.of(
                    SseFraming.judge(generation),
                    EventOrder.judge(generation, closing),
                    StartedEvent.judge(generation, model, skew),
                    TokenNumbering.judge(generation),
                    EndEvent.judge(generation));
            for (Verdict verdict : verdicts) {
                if (verdict instanceof Verdict.Broken broken) {
                    findings.add(inRequest(n + 1, broken));
                }
            }
        }
        long empty = generations.stream()
                .filter(g -> !g.ended() || g.tokenCount() == 0)
                .count();
        if (empty > 0 || generations.size() < 2) {
            return findings.orInconclusive("%d of %d generations gave no text".formatted(empty, generations.size()));
        }
        return findings.orHeld("%d sequential streams, each whole and its own job's".formatted(generations.size()));
    }

    private static Finding inRequest(int number, Verdict.Broken broken) {
        Finding first = broken.findings().getFirst();
        return new Finding(
                first.expected(),
                "request %d broke %s: %s".formatted(number, broken.rule(), first.actual()),
                first.byteOffset(),
                first.atMillis());
    }
}
