package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Judges EV-10: each of several sequential requests gets its own whole stream. */
public final class StreamIsolation {
    private static final String RULE = "EV-10";

    private StreamIsolation() {}

    public static Verdict judge(List<Generation> generations, String model, Duration closing, Duration skew) {
        var findings = new Findings(RULE);
        for (int n = 0; n < generations.size(); n++) {
            Generation generation = generations.get(n);
            for (Verdict verdict : verdicts(generation, model, closing, skew)) {
                if (verdict instanceof Verdict.Broken broken) {
                    findings.add(inRequest(n + 1, broken));
                }
            }
        }
        ids(generations, findings);
        long empty = generations.stream()
                .filter(g -> !g.ended() || g.tokenCount() == 0)
                .count();
        if (empty > 0 || generations.size() < 2) {
            return findings.orInconclusive("%d of %d generations gave no text".formatted(empty, generations.size()));
        }
        return findings.orHeld("%d sequential streams, each whole and its own job's".formatted(generations.size()));
    }

    private static List<Verdict> verdicts(Generation generation, String model, Duration closing, Duration skew) {
        List<Verdict> both = List.of(SseFraming.judge(generation), EventOrder.judge(generation, closing));
        List<Verdict> nativeOnly = generation.isOpenAi()
                ? List.of()
                : List.of(
                        StartedEvent.judge(generation, model, skew),
                        TokenNumbering.judge(generation),
                        EndEvent.judge(generation));
        return Stream.concat(both.stream(), nativeOnly.stream()).toList();
    }

    /** The answers of the OpenAI dialect carry ids that the worker gives: each answer one of its own. */
    private static void ids(List<Generation> generations, Findings findings) {
        Set<String> seen = new HashSet<>();
        generations.stream().filter(Generation::isOpenAi).forEach(generation -> {
            List<String> own = generation.stream().events().stream()
                    .flatMap(e -> Fields.of(e.data()).flatMap(f -> f.string("id")).stream())
                    .distinct()
                    .toList();
            if (own.size() > 1) {
                findings.add("one id in all chunks of an answer", "there were " + own);
            }
            own.stream()
                    .filter(id -> !seen.add(id))
                    .forEach(id -> findings.add("another id for each answer", "two answers had " + id));
        });
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
