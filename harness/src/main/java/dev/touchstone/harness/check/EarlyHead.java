package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.ResponseHead;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Judges EV-11: the head comes at once, started when the engine takes the job, and a waiting connection is kept alive.
 */
public final class EarlyHead {
    private static final String RULE = "EV-11";
    /** A wait this long shows where started stands in it; a shorter one is lost in the noise of the machine. */
    private static final Duration TELLING = Duration.ofMillis(100);
    /** How much of a wait may have passed before started, to count as sent before its end. */
    private static final double EARLY = 0.8;

    private static final Duration COMMENT = Duration.ofSeconds(15);
    private static final Duration COMMENT_MARGIN = Duration.ofSeconds(3);

    private EarlyHead() {}

    /**
     * Judges streams whose prompt fills the context.
     *
     * @param budget from the request to the head
     */
    public static Verdict prefill(List<Generation> generations, Duration budget) {
        var findings = new Findings(RULE);
        List<Generation> served =
                generations.stream().filter(g -> g.exchange().status() == 200).toList();
        if (served.isEmpty()) {
            return new Verdict.Inconclusive(RULE, "no long prompt was served");
        }
        head(served, budget, findings);
        served.forEach(g -> silence(g, findings));
        boolean told = false;
        boolean early = false;
        Optional<SseEvent> late = Optional.empty();
        for (Generation generation : served) {
            Optional<SseEvent> started = generation.first("started");
            // A model that ends its text at once ends the prefill by that.
            long first = generation.firstTokenNanos().orElse(generation.durationNanos());
            if (started.isPresent() && first >= TELLING.toNanos()) {
                told = true;
                early |= started.get().nanos() <= EARLY * first;
                late = started;
            }
        }
        // A busy kit sees everything late, but hardly in each of several tries.
        if (told && !early) {
            findings.at(
                    late.orElseThrow(),
                    "started when the engine takes the job, before its prefill ends",
                    "it came after %s, when the prefill was done"
                            .formatted(Shown.millis(late.orElseThrow().nanos())));
        }
        return findings.orHeld("the head came after %s%s"
                .formatted(
                        Shown.millis(quickest(served)),
                        told ? ", started well before the first token" : "; the prefill was too short to tell more"));
    }

    /**
     * Judges a stream that had to wait for another.
     *
     * @param running the generation that was before it
     * @param queued asked while that one ran
     * @param budget from the request to the head
     */
    public static Verdict queued(Generation running, Generation queued, Duration budget) {
        var findings = new Findings(RULE);
        if (queued.exchange().status() != 200 || !running.ended() || !queued.ended()) {
            return new Verdict.Inconclusive(
                    RULE,
                    "two generations at once were not both served: " + running.outcome() + "; " + queued.outcome());
        }
        head(List.of(queued), budget, findings);
        silence(queued, findings);
        Instant over = at(running, running.durationNanos());
        Instant first = at(queued, queued.firstTokenNanos().orElse(queued.durationNanos()));
        Optional<Instant> started = queued.first("started").map(e -> at(queued, e.nanos()));
        boolean waited = waited(started.orElse(first), first, over);
        if (waited && started.isPresent() && started.get().plus(TELLING).isBefore(over)) {
            findings.at(
                    queued.first("started").orElseThrow(),
                    "started when the engine takes the job, once the job before it was over",
                    "it came %s before that, while the job still queued"
                            .formatted(Shown.millis(
                                    Duration.between(started.get(), over).toNanos())));
        }
        return findings.orHeld("the head of a job that %s came after %s"
                .formatted(
                        waited ? "waited" : "ran beside another",
                        Shown.millis(queued.exchange()
                                .head()
                                .map(ResponseHead::nanos)
                                .orElse(0L))));
    }

    /**
     * Two connections are read beside each other, so that the first token after a wait may be seen a little before the
     * end that it waited for.
     */
    private static boolean waited(Instant started, Instant first, Instant over) {
        long wait = Duration.between(started, over).toNanos();
        return !first.isBefore(over.minusNanos(Math.max(0, Math.round((1 - EARLY) * wait))));
    }

    private static void head(List<Generation> generations, Duration budget, Findings findings) {
        if (quickest(generations) > budget.toNanos()) {
            findings.add(
                    "the response head within %d ms of the request".formatted(budget.toMillis()),
                    "the quickest of %d came after %s"
                            .formatted(generations.size(), Shown.millis(quickest(generations))));
        }
    }

    private static long quickest(List<Generation> generations) {
        return generations.stream()
                .mapToLong(g -> g.exchange().head().map(ResponseHead::nanos).orElse(Long.MAX_VALUE))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** The longest time without a byte, in which a comment was due. */
    private static void silence(Generation generation, Findings findings) {
        Exchange exchange = generation.exchange();
        long last = exchange.head().map(ResponseHead::nanos).orElse(0L);
        for (Chunk chunk : exchange.chunks()) {
            if (chunk.nanos() - last > COMMENT.plus(COMMENT_MARGIN).toNanos()) {
                findings.add(Finding.at(
                        chunk.offset(),
                        "a comment line at least every %d s".formatted(COMMENT.toSeconds()),
                        "no byte came for " + Shown.millis(chunk.nanos() - last)));
            }
            last = chunk.nanos();
        }
    }

    private static Instant at(Generation generation, long nanos) {
        return generation.exchange().request().sentAt().plusNanos(nanos);
    }
}
