package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Judges SE-03: slow, idle, enormous and deeply nested requests do not wear the worker out. */
public final class BodyDefence {
    private static final String RULE = "SE-03";

    private BodyDefence() {}

    /**
     * Judges requests whose bytes come too slowly or not at all.
     *
     * @param slow each labelled by how it was slow; its end is the worker's close or answer, or the kit's patience
     * @param limit for the worker to cut it off
     */
    public static Verdict slow(List<Exchange> slow, Duration limit) {
        var findings = new Findings(RULE);
        slow.stream()
                .filter(s -> s.end() instanceof BodyEnd.TimedOut || s.end().nanos() > limit.toNanos())
                .forEach(s -> findings.add(
                        "%s to be cut off within %d ms".formatted(s.label(), limit.toMillis()),
                        s.end() instanceof BodyEnd.TimedOut
                                ? "the connection was still open, without an answer"
                                : "it took " + Shown.millis(s.end().nanos())));
        return slow.isEmpty()
                ? findings.orInconclusive("no slow request was sent")
                : findings.orHeld("%d slow requests cut off, the last after %s"
                        .formatted(
                                slow.size(),
                                Shown.millis(slow.stream()
                                        .mapToLong(s -> s.end().nanos())
                                        .max()
                                        .orElse(0))));
    }

    /**
     * Judges that idle connections stop nobody.
     *
     * @param connected how many connections stood idle
     * @param health asked for meanwhile, on a connection of its own
     * @param served a generation asked for meanwhile
     */
    public static Verdict idle(int connected, int least, Exchange health, Generation served, Duration healthLimit) {
        var findings = new Findings(RULE);
        if (health.status() != 200 || health.end().nanos() > healthLimit.toNanos()) {
            findings.add(
                    "health within %d ms beside %d idle connections".formatted(healthLimit.toMillis(), connected),
                    health.status() == 200
                            ? "it took " + Shown.millis(health.end().nanos())
                            : Shown.answer(health));
        }
        if (!served.ended()) {
            findings.add("a request to be served beside %d idle connections".formatted(connected), served.outcome());
        }
        // A worker may close idle connections or take only some: what counts is that others are served.
        return connected == 0
                ? findings.orInconclusive("no idle connection could be made of %d".formatted(least))
                : findings.orHeld("health and a request were answered beside %d idle connections".formatted(connected));
    }

    /**
     * An attempt to send far too much.
     *
     * @param sent bytes that the connection took, the system's buffers included
     * @param whole how many there were to send
     */
    public record Flood(String how, Exchange answer, long sent, long whole) {}

    /** Judges bodies of an absurd size, which must be refused before they are read. */
    public static Verdict floods(List<Flood> floods, Exchange healthAfter) {
        var findings = new Findings(RULE);
        List<String> seen = new ArrayList<>();
        for (Flood flood : floods) {
            int status = flood.answer().status();
            if (status != 0 && (status < 400 || status >= 500)) {
                findings.add(
                        "a body of %d bytes, %s, to be refused".formatted(flood.whole(), flood.how()),
                        Shown.answer(flood.answer()));
            } else if (flood.sent() >= flood.whole()) {
                findings.add(
                        "a body of %d bytes, %s, to be refused without being read"
                                .formatted(flood.whole(), flood.how()),
                        "the worker took all of it");
            } else if (status == 0 && flood.answer().end() instanceof BodyEnd.TimedOut) {
                findings.add(
                        "a body of %d bytes, %s, to be refused".formatted(flood.whole(), flood.how()),
                        "it was neither answered nor cut off, and no more was taken after %d bytes"
                                .formatted(flood.sent()));
            } else {
                seen.add("%s: %s after %d KiB"
                        .formatted(flood.how(), status == 0 ? "closed" : "status " + status, flood.sent() / 1024));
            }
        }
        alive(healthAfter, findings);
        return floods.isEmpty()
                ? findings.orInconclusive("no large body was sent")
                : findings.orHeld("refused without being read: " + String.join("; ", seen));
    }

    /** Judges JSON of absurd depth. */
    public static Verdict nested(List<Exchange> nested, Exchange healthAfter) {
        var findings = new Findings(RULE);
        nested.stream()
                .filter(n -> n.status() != 400 && n.status() != 413)
                .forEach(n -> findings.add("400 to JSON nested 100,000 deep, " + n.label(), Shown.answer(n)));
        alive(healthAfter, findings);
        return nested.isEmpty()
                ? findings.orInconclusive("no nested body was sent")
                : findings.orHeld("%d bodies nested 100,000 deep refused".formatted(nested.size()));
    }

    private static void alive(Exchange health, Findings findings) {
        if (health.status() != 200) {
            findings.add("health 200 afterwards", Shown.answer(health));
        }
    }
}
