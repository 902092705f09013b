package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Judges LI-02: what a worker does between SIGTERM and its end. */
public final class CleanStop {
    private static final String RULE = "LI-02";
    private static final int UNAVAILABLE = 503;
    /** A signal is delivered when the scheduler gets round to it; requests until then may still be served. */
    private static final Duration DELIVERY = Duration.ofMillis(500);

    /** Two clocks tell the moment of a kill: the one of the process and the one of the connection. */
    private static final Duration SAME_MOMENT = Duration.ofMillis(50);

    private CleanStop() {}

    /**
     * One process and its end.
     *
     * @param when in a few words: what it did when the signal came
     * @param signalled when SIGTERM was sent
     * @param accepted streams that the worker had answered 200 before that
     * @param later requests for text that were sent after it, in order
     * @param exitStatus none where the process still ran when the kit killed it
     * @param stopNanos from the signal to the end of the process, or to when the kit stopped waiting
     * @param vramLeft bytes of GPU memory that its processes still held after the end, where that could be seen
     */
    public record Stop(
            String when,
            Instant signalled,
            List<Generation> accepted,
            List<Exchange> later,
            OptionalInt exitStatus,
            long stopNanos,
            OptionalLong vramLeft) {}

    /** Judges several processes; {@code budget} is for the end of each after its signal. */
    public static Verdict judge(List<Stop> stops, Duration budget) {
        List<Stop> told = stops.stream().filter(CleanStop::tells).toList();
        if (told.isEmpty()) {
            return new Verdict.Inconclusive(RULE, "no process was signalled while it did what it was to do");
        }
        var findings = new Findings(RULE);
        told.forEach(stop -> judge(stop, budget, findings));
        long refused = told.stream()
                .flatMap(s -> s.later().stream())
                .filter(e -> e.status() == UNAVAILABLE)
                .count();
        return findings.orHeld("%d processes (%s): exit status 0 after at most %s, %d streams with a terminal event, %d"
                .concat(" new requests got 503")
                .formatted(
                        told.size(),
                        String.join(
                                ", ", told.stream().map(Stop::when).distinct().toList()),
                        Shown.millis(
                                told.stream().mapToLong(Stop::stopNanos).max().orElse(0)),
                        told.stream().mapToInt(s -> s.accepted().size()).sum(),
                        refused));
    }

    /** A stream that was over before the signal tells nothing of it. */
    private static boolean tells(Stop stop) {
        return stop.accepted().isEmpty()
                || stop.accepted().stream().anyMatch(g -> g.terminal().isEmpty() || at(g).isAfter(stop.signalled()));
    }

    private static void judge(Stop stop, Duration budget, Findings findings) {
        for (Generation stream : stop.accepted()) {
            if (stream.terminal().isEmpty() && !endedByKit(stop, stream)) {
                findings.add(
                        "a terminal event in each stream, %s".formatted(stop.when()),
                        "the stream broke off after %d tokens: %s"
                                .formatted(
                                        stream.tokens().size(),
                                        Shown.end(stream.exchange().end())));
            } else if (stream.terminal().isPresent() && !(stream.exchange().end() instanceof BodyEnd.Complete)) {
                findings.add(
                        "a proper end of the body after the terminal event, %s".formatted(stop.when()),
                        Shown.end(stream.exchange().end()));
            }
        }
        newRequests(stop, findings);
        if (stop.exitStatus().isEmpty()) {
            findings.add(
                    "an end within %d ms of SIGTERM, %s".formatted(budget.toMillis(), stop.when()),
                    "the process still ran after " + Shown.millis(stop.stopNanos()));
        } else {
            if (stop.exitStatus().getAsInt() != 0) {
                findings.add(
                        "exit status 0 after SIGTERM, " + stop.when(),
                        "it was " + stop.exitStatus().getAsInt());
            }
            if (stop.stopNanos() > budget.toNanos()) {
                findings.add(
                        "an end within %d ms of SIGTERM, %s".formatted(budget.toMillis(), stop.when()),
                        "it took " + Shown.millis(stop.stopNanos()));
            }
        }
        if (stop.vramLeft().orElse(0) > 0) {
            findings.add(
                    "the GPU's memory free after the end",
                    "%d bytes were still held".formatted(stop.vramLeft().getAsLong()));
        }
    }

    /** Whether the stream was still there when the kit killed the process, whose own doing its end then was not. */
    private static boolean endedByKit(Stop stop, Generation stream) {
        Exchange exchange = stream.exchange();
        Instant ended = exchange.request().sentAt().plusNanos(exchange.end().nanos());
        return stop.exitStatus().isEmpty()
                && !ended.isBefore(stop.signalled().plusNanos(stop.stopNanos()).minus(SAME_MOMENT));
    }

    /**
     * While an accepted stream still runs, the worker is there to say 503. Later its listener may be closed already, and
     * right after the signal it may not yet know of it.
     */
    private static void newRequests(Stop stop, Findings findings) {
        Instant busyUntil = stop.accepted().stream()
                .filter(g -> g.terminal().isPresent())
                .map(CleanStop::at)
                .max(Instant::compareTo)
                .orElse(stop.signalled());
        List<Finding> wrong = new ArrayList<>();
        boolean refusing = false;
        for (Exchange request : stop.later()) {
            Instant sent = request.request().sentAt();
            boolean early = sent.isBefore(stop.signalled().plus(DELIVERY)) && !refusing;
            refusing |= request.status() == UNAVAILABLE;
            boolean met = request.head().isPresent();
            if (met && request.status() != UNAVAILABLE && !early) {
                wrong.add(Finding.of("503 to a new request after SIGTERM, " + stop.when(), Shown.answer(request)));
            } else if (!met && overlaps(request, busyUntil)) {
                wrong.add(Finding.of(
                        "503 to a new request while a stream still ran, " + stop.when(), Shown.answer(request)));
            }
        }
        // one says it all
        wrong.stream().findFirst().ifPresent(findings::add);
    }

    /** Whether the request met nobody clearly before the worker had done its last work. */
    private static boolean overlaps(Exchange request, Instant busyUntil) {
        return request.request()
                .sentAt()
                .plusNanos(request.end().nanos())
                .plus(DELIVERY)
                .isBefore(busyUntil);
    }

    private static Instant at(Generation generation) {
        return generation.exchange().request().sentAt().plusNanos(generation.durationNanos());
    }
}
