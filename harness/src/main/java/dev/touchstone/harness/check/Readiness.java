package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Judges LI-04 and LI-06: a starting worker says truly when it is ready, and is so soon. */
public final class Readiness {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    /** A first request may be slower than later ones by this factor whatever its length: caches are cold. */
    private static final int COLD = 5;

    private static final Duration FOREVER = Duration.ofDays(365);

    private Readiness() {}

    /**
     * One start.
     *
     * @param began when the process was started
     * @param polls of health, from then on to the first 200 and some further ones
     * @param first the first request for text, sent right after the first healthy answer; empty where that did not come
     * @param later requests like it
     */
    public record Start(Instant began, List<Exchange> polls, Optional<Generation> first, List<Generation> later) {

        Optional<Exchange> healthy() {
            return polls.stream().filter(p -> p.status() == OK).findFirst();
        }

        /** Nanoseconds from the start to the first healthy answer. */
        Optional<Long> healthyNanos() {
            return healthy()
                    .map(p -> Duration.between(began, p.request().sentAt()).toNanos()
                            + p.end().nanos());
        }
    }

    /** The time to the first healthy answer, in seconds; empty where none came. */
    public static Optional<Figure> figure(Start start, Duration budget) {
        return start.healthyNanos()
                .map(n -> new Figure("start to healthy", n / 1e9, "s", OptionalDouble.of(budget.toNanos() / 1e9)));
    }

    /** Judges LI-04. */
    public static Verdict soon(Start start, Duration budget) {
        Optional<Long> healthy = start.healthyNanos();
        var findings = new Findings("LI-04");
        if (healthy.filter(n -> n <= budget.toNanos()).isEmpty()) {
            findings.add(
                    "a healthy answer within %d ms of the start".formatted(budget.toMillis()),
                    healthy.map(n -> "it came after " + Shown.millis(n)).orElse("none came"));
        }
        return findings.orHeld("healthy " + Shown.millis(healthy.orElse(0L)) + " after the start");
    }

    /**
     * Judges LI-06.
     *
     * @param extra how much longer than the later requests the first may wait for its first token
     */
    public static Verdict truly(Start start, Duration extra) {
        var findings = new Findings("LI-06");
        boolean ready = false;
        for (Exchange poll : start.polls()) {
            if (ready && poll.status() != OK) {
                findings.add("health to go on answering 200 once it did", Shown.answer(poll));
            } else if (!ready && poll.status() != OK && poll.status() != UNAVAILABLE && !closed(poll)) {
                findings.add("a closed port or status 503 until the worker is ready", Shown.answer(poll));
            }
            ready |= poll.status() == OK;
        }
        Optional<Generation> first = start.first();
        if (!ready || first.isEmpty()) {
            return findings.orInconclusive("the worker did not become healthy, so nothing could be asked of it");
        }
        if (!first.get().ended() || first.get().firstTokenNanos().isEmpty()) {
            return findings.add(
                            "the first request after the first healthy answer to succeed",
                            "it was " + first.get().outcome())
                    .broken();
        }
        return waited(start, first.get(), extra, findings);
    }

    private static Verdict waited(Start start, Generation first, Duration extra, Findings findings) {
        List<Long> later = start.later().stream()
                .filter(Generation::ended)
                .flatMap(g -> g.firstTokenNanos().stream().boxed())
                .sorted()
                .toList();
        if (later.isEmpty()) {
            return findings.orInconclusive("no later request was served that the first could be compared with");
        }
        long usual = later.get(later.size() / 2);
        long waited = first.firstTokenNanos().orElse(0);
        if (waited > allowed(start, usual, extra)) {
            findings.add(
                    "the first request after the first healthy answer not to wait for the load",
                    "its first token came after %s, those of later requests after %s"
                            .formatted(Shown.millis(waited), Shown.millis(usual)));
        }
        long before = start.polls().stream().takeWhile(p -> p.status() != OK).count();
        return findings.orHeld("%d polls met a closed port or 503; then the first token came after %s, later ones %s"
                .formatted(before, Shown.millis(waited), Shown.millis(usual)));
    }

    /** A wait that is short beside the start itself is no second load, and on a busy machine all takes longer. */
    private static long allowed(Start start, long usual, Duration extra) {
        return Math.max(
                COLD * usual,
                usual + Math.max(extra.toNanos(), start.healthyNanos().orElse(0L) / 2));
    }

    /** Whether nothing is wrong but that the first request waited, which a busy machine may also bring about. */
    public static boolean onlyWaited(Start start, Duration extra) {
        return truly(start, extra) instanceof Verdict.Broken && truly(start, FOREVER) instanceof Verdict.Held;
    }

    /** Nobody listened, or the worker was not yet there to answer. */
    private static boolean closed(Exchange poll) {
        return poll.head().isEmpty() && poll.end() instanceof BodyEnd.Cut;
    }
}
