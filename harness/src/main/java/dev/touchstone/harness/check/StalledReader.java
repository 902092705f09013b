package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Judges CA-05: clients that do not read stop nobody else, and are cut off. */
public final class StalledReader {
    private static final String RULE = "CA-05";
    private static final Pattern LAST_EVENT = Pattern.compile("event: ?(end|error)\\b|data: ?\\[DONE]");
    /** What had been sent before the client read again arrives at once; what comes later was still to be made. */
    private static final Duration BURST = Duration.ofMillis(250);

    private StalledReader() {}

    /**
     * @param others whole requests sent while the others did not read
     * @param health calls sent meanwhile
     * @param allowed for one of the others: what the jobs before it take by their own pace, and a margin
     * @param healthLimit for a health call, generous
     * @param stalled what came of the clients that did not read, read after the write timeout as far as it went;
     *     everything after the first head is body
     * @param asked how many streams each of them had asked for, one behind the other
     * @param resumedNanos when they began to read, since their request
     */
    public static Verdict judge(
            List<Generation> others,
            List<Exchange> health,
            Duration allowed,
            Duration healthLimit,
            List<Exchange> stalled,
            int asked,
            Duration resumedNanos) {
        var findings = new Findings(RULE);
        others.forEach(other -> goesOn(other, allowed, findings));
        health.stream()
                .filter(h -> h.status() != 200 || h.end().nanos() > healthLimit.toNanos())
                .forEach(h -> findings.add(
                        "health answered within %d ms while a client does not read".formatted(healthLimit.toMillis()),
                        h.status() == 200 ? "it took " + Shown.millis(h.end().nanos()) : Shown.answer(h)));
        if (others.isEmpty() || stalled.isEmpty()) {
            return findings.orInconclusive("nothing was asked while clients did not read");
        }
        if (stalled.stream().anyMatch(s -> s.head().isPresent() && s.status() != 200)) {
            return findings.orInconclusive("the worker refused a request of a client that was not to read");
        }
        long cut = stalled.stream().filter(s -> cutOff(s, asked)).count();
        if (cut == 0) {
            // One that was cut off shows that there is a timeout; another may have stalled a little later.
            stalled.forEach(s -> held(s, resumedNanos, findings));
        }
        return cut > 0
                ? findings.orHeld(
                        "%d other requests and %d health calls were answered, and %d of %d clients that did not read were cut off"
                                .formatted(others.size(), health.size(), cut, stalled.size()))
                : findings.orInconclusive(
                        "others were served, but whether a client that does not read is cut off cannot be told:"
                                + " the sockets' buffers may have taken the whole stream");
    }

    private static void goesOn(Generation other, Duration allowed, Findings findings) {
        if (!other.ended()) {
            findings.add("other requests to be served while a client does not read", other.outcome());
        } else if (other.durationNanos() > allowed.toNanos()) {
            findings.add(
                    "other requests to be served within %d ms while a client does not read"
                            .formatted(allowed.toMillis()),
                    "one took " + Shown.millis(other.durationNanos()));
        }
    }

    /** Whether the worker closed the connection before the last of its streams was whole. */
    private static boolean cutOff(Exchange stalled, int asked) {
        long whole = LAST_EVENT.matcher(stalled.bodyText()).results().count();
        return (stalled.end() instanceof BodyEnd.Cut || stalled.end() instanceof BodyEnd.Complete) && whole < asked;
    }

    private static void held(Exchange stalled, Duration resumed, Findings findings) {
        long late = stalled.chunks().stream().mapToLong(Chunk::nanos).max().orElse(0) - resumed.toNanos();
        if (late > BURST.toNanos()) {
            findings.add(
                    "a client that did not read for %d ms to be cut off".formatted(resumed.toMillis()),
                    "when it read again, its stream went on for %s".formatted(Shown.millis(late)));
        }
    }
}
