package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.StartAndStopTest.after;
import static dev.touchstone.harness.check.StartAndStopTest.longStream;
import static dev.touchstone.harness.check.StartAndStopTest.polls;
import static dev.touchstone.harness.check.StartAndStopTest.sent;
import static dev.touchstone.harness.check.StartAndStopTest.start;
import static dev.touchstone.harness.check.StartAndStopTest.stop;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** LI-01, LI-02, LI-04 and LI-06 at the moment, or the word, where they turn. */
class StartDetailTest {
    private static final Duration EXTRA = Duration.ofSeconds(1);

    private static Verdict refusal(String output) {
        return StartRefusal.judge(
                List.of(new StartRefusal.Start(
                        "a bad --port", "--port", "70000", "", OptionalInt.of(1), false, output)),
                Duration.ofSeconds(30));
    }

    @Test
    void threeWordsSayWhatIsAccepted() {
        held(refusal("70000 is no port\n"), "1 bad starts");
        broken(refusal("70000: not a port\n"), "LI-01", "in words");
        broken(refusal("--port 70000 is bad\n"), "LI-01", "in words");
    }

    @Test
    void quotesTheLastLineThatSaysSomething() {
        broken(refusal("starting\nbad port\n \n"), "LI-01", "the last line was \"bad port\"");
    }

    @Test
    void optionThatIsNoneTakesNoWordsAway() {
        var file = new StartRefusal.Start(
                "a model file", "", "/tmp/x.gguf", "", OptionalInt.of(1), false, "x.gguf is no model\n");
        held(StartRefusal.judge(List.of(file), EXTRA), "1 bad starts");
    }

    @Test
    void progressMayBeToldOn() {
        held(LoadLog.progress("0% 25% 50% 75% 100% 100%"), "0, 25, 50, 75 and 100 %");
        broken(LoadLog.workerId("w", Literal.answer(200, "{}")), "LI-01", "worker_id w", "it was 200 with");
    }

    @Test
    void endMayTakeItsBudget() {
        Generation stream = longStream(Literal.end(2000, "max_tokens"));
        Duration budget = Duration.ofMillis(2100);
        held(CleanStop.judge(List.of(stop(stream, List.of(), OptionalInt.of(0), 2100)), budget), "2100.0 ms");
        broken(
                CleanStop.judge(List.of(stop(stream, List.of(), OptionalInt.of(0), 2101)), budget),
                "LI-02",
                "an end within 2100 ms",
                "2101.0 ms");
    }

    @Test
    void healthMayTakeItsBudget() {
        Readiness.Start start = start(polls(0, 503, 200), after(0));
        held(Readiness.soon(start, Duration.ofMillis(41)), "healthy 41.0 ms");
        broken(Readiness.soon(start, Duration.ofNanos(40_999_999)), "LI-04", "within 40 ms", "41.0 ms");
        assertThat(Readiness.figure(start, Duration.ofMillis(50)))
                .hasValueSatisfying(f -> assertThat(f.budget()).isEqualTo(OptionalDouble.of(0.05)));
    }

    @Test
    void firstRequestMayTakeASecondMoreThanLaterOnes() {
        held(Readiness.truly(start(polls(200), after(1000)), EXTRA), "1002.0 ms, later ones 2.0 ms");
        broken(
                Readiness.truly(start(polls(200), after(1001)), EXTRA),
                "LI-06",
                "not to wait for the load",
                "1003.0 ms");
    }

    private static Readiness.Start slowly(Generation first) {
        Exchange healthy = sent(Literal.answer(200, "{}"), 3999);
        return start(List.of(healthy), first);
    }

    @Test
    void firstRequestMayTakeHalfOfALongStart() {
        held(Readiness.truly(slowly(after(2000)), EXTRA), "2002.0 ms");
        broken(Readiness.truly(slowly(after(2001)), EXTRA), "LI-06", "not to wait for the load", "2003.0 ms");
    }

    @Test
    void firstRequestMayTakeFiveTimesAsLongAsLaterOnes() {
        Generation later = after(398);
        var start =
                new Readiness.Start(Literal.SENT, polls(200), Optional.of(after(1998)), List.of(later, later, later));
        held(Readiness.truly(start, EXTRA), "2000.0 ms, later ones 400.0 ms");
        var colder =
                new Readiness.Start(Literal.SENT, polls(200), Optional.of(after(1999)), List.of(later, later, later));
        broken(Readiness.truly(colder, EXTRA), "LI-06", "not to wait for the load");
    }

    @Test
    void firstRequestNeedsLaterOnesToCompareWith() {
        var start = new Readiness.Start(Literal.SENT, polls(200), Optional.of(after(0)), List.of());
        inconclusive(Readiness.truly(start, EXTRA), "no later request was served");
    }
}
