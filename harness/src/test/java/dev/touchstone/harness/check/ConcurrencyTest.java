package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The teeth of QU-01 and QU-04, on made-up times. */
class ConcurrencyTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);

    /** A job of ten tokens, sent and begun at those milliseconds, that takes 200 ms. */
    private static Generation job(int sent, int begun) {
        return Timed.generation(Duration.ofMillis(sent), 10, i -> begun - sent + 20L * i);
    }

    @SafeVarargs
    private static Verdict judge(List<Generation>... rounds) {
        return ConcurrentStreams.judge(List.of(rounds), "m", SECOND, DAY);
    }

    @Test
    void acceptsOneAtATimeInOrder() {
        held(judge(List.of(job(0, 10), job(5, 220), job(10, 430))), "3 concurrent", "2 waited");
    }

    @Test
    void acceptsSeveralAtOnceInAnyOrder() {
        held(judge(List.of(job(0, 30), job(5, 20), job(10, 10))), "runs several at once");
    }

    @Test
    void catchesStarvationOfTheOldest() {
        List<Generation> lifo = List.of(job(0, 10), job(5, 430), job(10, 220));
        broken(judge(lifo, lifo, lifo), "QU-01", "order of arrival", "request 3 was served before request 2");
        held(judge(lifo, List.of(job(0, 10), job(5, 220), job(10, 430))), "in order of arrival");
        assertThat(ConcurrentStreams.inOrder(lifo)).isFalse();
    }

    @Test
    void catchesARequestThatHangs() {
        Generation hanging = Literal.ending("", new BodyEnd.TimedOut(9_000_000_000L));
        broken(judge(List.of(job(0, 10), hanging)), "QU-01", "request 2 of several at once to be answered");
    }

    @Test
    void catchesInterleavedEvents() {
        Generation mixed = Literal.generation(Literal.STARTED
                + Literal.token("a", 0)
                + Literal.token("x", 0)
                + Literal.token("b", 1)
                + Literal.end(3, "max_tokens"));
        broken(judge(List.of(job(0, 10), mixed)), "QU-01", "concurrent request 2 broke EV-04");
    }

    @Test
    void leavesRefusalsToTheQueuesOwnRule() {
        Generation busy = new Generation(Literal.answer(503, "{}"), Literal.generation("").stream());
        held(judge(List.of(job(0, 10), job(5, 220), busy)), "2 concurrent");
        inconclusive(judge(List.of(job(0, 10), busy)), "fewer than two");
    }

    private static Verdict gap(int stall, Generation filling) {
        Generation running = Timed.generation(Duration.ZERO, 100, i -> 10L * i + (i > 50 ? stall : 0));
        return PrefillGap.judge(List.of(new PrefillGap.Pair(running, filling)), Duration.ofMillis(500));
    }

    @Test
    void catchesAPrefillThatBlocksEveryStream() {
        held(gap(400, job(300, 900)), "largest gap", "410.0 ms");
        broken(gap(2000, job(300, 2400)), "QU-04", "no gap over 500.0 ms", "2010.0 ms", "median of 10.0 ms");
        inconclusive(gap(2000, job(300, 9000)), "no prefill ended while");
    }

    @Test
    void modelThatAddsNothingHasReadItsPromptAllTheSame() {
        Generation silent = Timed.generation(Duration.ofMillis(300), 0, _ -> 600);
        held(gap(400, silent), "largest gap", "during a prefill of 600.0 ms");
        broken(gap(2000, silent), "QU-04", "no gap over 500.0 ms");
    }

    @Test
    void tellsOneAtATimeFromSeveral() {
        assertThat(PrefillGap.runsSeveral(List.of(job(0, 10), job(5, 30)))).isTrue();
        assertThat(PrefillGap.runsSeveral(List.of(job(0, 10), job(5, 209)))).isFalse();
        Generation brief = Timed.generation(Duration.ZERO, 10, i -> 10 + i);
        assertThat(PrefillGap.runsSeveral(List.of(brief, job(5, 12))))
                .as("what a busy kit sees late proves nothing")
                .isFalse();
    }
}
