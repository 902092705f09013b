package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Judges CX-02: without max_tokens a job may have the smaller of 2048 tokens and what is left of the context. */
public final class OmittedLimit {
    private static final String RULE = "CX-02";

    private OmittedLimit() {}

    /** @param limit the tokens that the worker must allow: 2048, or what the prompt leaves of the context */
    public record Open(Generation generation, int limit) {}

    /** Judges requests without max_tokens; a text that the model itself ended tells nothing of the limit. */
    public static Verdict judge(List<Open> requests) {
        var findings = new Findings(RULE);
        var told = new TreeSet<Integer>();
        var untold = new TreeSet<Integer>();
        for (Open open : requests) {
            (one(open, findings) ? told : untold).add(open.limit());
        }
        untold.removeAll(told);
        return requests.isEmpty() || !untold.isEmpty()
                ? findings.orInconclusive(
                        "every text ended, or was given up as slow, before the limit of %s tokens".formatted(untold))
                : findings.orHeld("without max_tokens %s tokens came, all that was left".formatted(told));
    }

    /** Whether the limit showed. */
    private static boolean one(Open open, Findings findings) {
        Generation generation = open.generation();
        String what = "%d tokens without max_tokens".formatted(open.limit());
        if (Patience.ranOut(generation).isPresent()) {
            return false;
        }
        if (!generation.ended()) {
            findings.add(what, "the answer was " + generation.outcome());
            return true;
        }
        int came = generation.tokenCount();
        if (came > open.limit()) {
            findings.add(what, "%d came, past the limit".formatted(came));
            return true;
        }
        if (generation.endedByModel()) {
            return false;
        }
        if (came < open.limit()) {
            findings.add(
                    what,
                    "%d came, then the stop reason %s"
                            .formatted(came, generation.stopReason().orElse("was missing")));
        } else if (!generation.stopReason().equals(Optional.of("max_tokens"))) {
            findings.add(
                    "stop_reason max_tokens after %d tokens".formatted(came),
                    "it was " + generation.stopReason().orElse("missing"));
        }
        return true;
    }
}
