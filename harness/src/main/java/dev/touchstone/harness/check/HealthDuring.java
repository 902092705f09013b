package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Judges HL-02 and HL-03: health answers while the engine works, and does not stall it. */
public final class HealthDuring {
    /** No busy moment of a kit or a machine lasts so many budgets. */
    private static final int NO_MOMENT_BUDGETS = 20;
    /** A prefill shorter than this many budgets cannot show that a call had to wait for its end. */
    private static final int TELLING_BUDGETS = 2;
    /** A worker may answer for this share of a prefill before it begins to read. */
    private static final int FIRST_MOMENTS_OF = 10;

    private HealthDuring() {}

    /** Health calls that were under way while the generation streamed its tokens, whenever they had been sent. */
    public static List<Exchange> whileStreaming(Generation generation, List<Exchange> calls) {
        Optional<SseEvent> first =
                generation.tokens().stream().map(Token::event).findFirst();
        return first.map(f -> underWay(generation, f.nanos(), calls)).orElse(List.of());
    }

    /**
     * Judges HL-02.
     *
     * @param calls health calls that were sent while one of the generations streamed
     * @param least how many calls are needed
     * @param budget for the 99th percentile of their latencies
     * @param gapFactor the largest gap over the median, above which it is a stall
     * @param stall gaps up to this are no stall, whatever the median
     */
    public static Verdict decode(
            List<Generation> generations,
            List<Exchange> calls,
            int least,
            Duration budget,
            double gapFactor,
            Duration stall) {
        var findings = new Findings("HL-02");
        answered(calls, findings);
        if (generations.stream().noneMatch(Generation::isOpenAi)) {
            readable(calls, findings);
        }
        if (calls.isEmpty()) {
            return findings.orInconclusive("no health call was sent while a generation streamed");
        }
        long p99 = percentile(calls.stream().map(c -> c.end().nanos()).sorted().toList(), 0.99);
        if (p99 > budget.toNanos()) {
            findings.add(
                    "health p99 within %d ms".formatted(budget.toMillis()),
                    "it was %s over %d calls".formatted(Shown.millis(p99), calls.size()));
        }
        gaps(generations, gapFactor, stall, findings);
        if (calls.size() < least) {
            return findings.orInconclusive(
                    "%d health calls fell into the generations, %d are needed".formatted(calls.size(), least));
        }
        return findings.orHeld("%d health calls during %d generations, p99 %s"
                .formatted(calls.size(), generations.size(), Shown.millis(p99)));
    }

    /**
     * Judges HL-03 with the calls that were sent around the generation's prefill; where the kit hung up in the middle of
     * a long one, what it saw until then counts.
     */
    public static Verdict prefill(Generation generation, List<Exchange> calls, Duration budget) {
        var findings = new Findings("HL-03");
        Optional<Token> first = generation.tokens().stream().findFirst();
        boolean left = generation.exchange().end() instanceof BodyEnd.Abandoned;
        if (first.isEmpty() && !left && !generation.endedByModel()) {
            return new Verdict.Inconclusive("HL-03", "no token ended the prefill: " + generation.outcome());
        }
        long prefill = first.map(t -> t.event().nanos())
                .orElse(left ? generation.exchange().end().nanos() : generation.durationNanos());
        Instant over = generation.exchange().request().sentAt().plusNanos(prefill);
        List<Exchange> during = Stream.concat(
                        sentBetween(generation, 0, prefill, calls).stream(),
                        waitedThroughout(generation, over, calls).stream())
                .toList();
        answered(during, findings);
        if (!generation.isOpenAi()) {
            readable(during, findings);
        }
        long inTime = during.stream().filter(c -> !answeredAt(c).isAfter(over)).count();
        boolean telling = prefill >= TELLING_BUDGETS * budget.toNanos();
        if (telling && inTime == 0 && !during.isEmpty()) {
            findings.add(
                    "health answered during a prefill of " + Shown.millis(prefill),
                    "all %d calls were answered only after it".formatted(during.size()));
        } else if (telling && waitedFromItsFirstMoments(during, over, prefill)) {
            findings.add(
                    "health answered during a prefill of " + Shown.millis(prefill),
                    "of %d calls those after its first moments were answered only after it".formatted(during.size()));
        }
        return inTime == 0
                ? findings.orInconclusive("no health call fell into a prefill of " + Shown.millis(prefill))
                : findings.orHeld("%d of %d health calls were answered within a prefill of %s"
                        .formatted(inTime, during.size(), Shown.millis(prefill)));
    }

    /**
     * Judges HL-02 while more clients wait than a worker is likely to have threads.
     *
     * @param budget for the median; one call may meet a busy moment of the kit, but none of many budgets
     */
    public static Verdict crowd(List<Exchange> calls, Duration budget) {
        var findings = new Findings("HL-02");
        answered(calls, findings);
        if (calls.isEmpty()) {
            return findings.orInconclusive("health was not asked");
        }
        long median =
                percentile(calls.stream().map(c -> c.end().nanos()).sorted().toList(), 0.5);
        if (median > budget.toNanos()) {
            findings.add(
                    "health within %d ms while many clients wait".formatted(budget.toMillis()),
                    "half of %d calls took %s or more".formatted(calls.size(), Shown.millis(median)));
        }
        long slowest = calls.stream().mapToLong(c -> c.end().nanos()).max().orElseThrow();
        if (slowest > NO_MOMENT_BUDGETS * budget.toNanos()) {
            findings.add(
                    "no health call to take %d ms while many clients wait"
                            .formatted(NO_MOMENT_BUDGETS * budget.toMillis()),
                    "one of %d took %s".formatted(calls.size(), Shown.millis(slowest)));
        }
        return findings.orHeld(
                "%d health calls while many clients waited, median %s".formatted(calls.size(), Shown.millis(median)));
    }

    private static void answered(List<Exchange> calls, Findings findings) {
        calls.stream()
                .filter(c -> c.status() != 200)
                .forEach(c -> findings.add("health to answer 200", Shown.answer(c)));
    }

    /** Servers of the OpenAI dialect say nothing, or anything, in the body of health. */
    private static void readable(List<Exchange> calls, Findings findings) {
        calls.stream()
                .filter(c -> c.status() == 200)
                .filter(c -> Fields.of(c.bodyText()).isEmpty())
                .forEach(c ->
                        findings.add("health to answer by one JSON object", "it was " + Shown.brief(c.bodyText())));
    }

    /** The calmest generation counts: a busy kit only ever makes gaps longer. */
    private static void gaps(List<Generation> generations, double gapFactor, Duration stall, Findings findings) {
        List<Finding> stalls = new ArrayList<>();
        for (Generation generation : generations) {
            List<Long> gaps = Gaps.of(generation).stream().sorted().toList();
            if (gaps.isEmpty()) {
                continue;
            }
            long allowed = (long) Math.max(gapFactor * percentile(gaps, 0.5), stall.toNanos());
            if (gaps.getLast() <= allowed) {
                return;
            }
            stalls.add(new Finding(Shown.millis(allowed), Shown.millis(gaps.getLast())));
        }
        stalls.forEach(s -> findings.add("no gap between tokens over " + s.allowed(), "the largest was " + s.seen()));
    }

    private record Finding(String allowed, String seen) {}

    /** Sent before the generation's end and answered only after that moment of it. */
    private static List<Exchange> underWay(Generation generation, long from, List<Exchange> calls) {
        Instant sent = generation.exchange().request().sentAt();
        Instant begun = sent.plusNanos(from);
        return sentBetween(generation, 0, generation.durationNanos(), calls).stream()
                .filter(c -> answeredAt(c).isAfter(begun))
                .toList();
    }

    /** Whether after the last answer in time, in the prefill's first tenth, a call waited for all of the rest. */
    private static boolean waitedFromItsFirstMoments(List<Exchange> during, Instant over, long prefill) {
        Instant firstMoments = over.minusNanos(prefill - prefill / FIRST_MOMENTS_OF);
        Optional<Instant> last = during.stream()
                .map(HealthDuring::answeredAt)
                .filter(at -> !at.isAfter(over))
                .max(Comparator.naturalOrder());
        return last.isPresent()
                && during.stream()
                        .filter(c -> answeredAt(c).isAfter(over))
                        .map(c -> c.request().sentAt())
                        .anyMatch(sent -> !sent.isBefore(last.get()) && sent.isBefore(firstMoments));
    }

    /** Sent a moment before the generation, as happens on a busy machine, and answered only after all of its prefill. */
    private static List<Exchange> waitedThroughout(Generation generation, Instant over, List<Exchange> calls) {
        Instant sent = generation.exchange().request().sentAt();
        return calls.stream()
                .filter(c ->
                        c.request().sentAt().isBefore(sent) && answeredAt(c).isAfter(over))
                .toList();
    }

    private static Instant answeredAt(Exchange call) {
        return call.request().sentAt().plusNanos(call.end().nanos());
    }

    private static List<Exchange> sentBetween(Generation generation, long from, long to, List<Exchange> calls) {
        Instant sent = generation.exchange().request().sentAt();
        return calls.stream()
                .filter(c -> !c.request().sentAt().isBefore(sent.plusNanos(from)))
                .filter(c -> c.request().sentAt().isBefore(sent.plusNanos(to)))
                .toList();
    }

    /** By the nearest rank; of at least one value. */
    private static long percentile(List<Long> sorted, double share) {
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }
}
