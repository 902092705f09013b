package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Judges ER-05: unknown fields are ignored, and a job_id is one running job's at a time. */
public final class JobIds {
    private static final String RULE = "ER-05";

    private JobIds() {}

    /**
     * Judges requests that carry fields of no meaning.
     *
     * @param plain two runs or more without them
     * @param extended the same request with them
     */
    public static Verdict unknownFields(List<Generation> plain, List<Generation> extended) {
        Optional<String> unfit = SameText.unfit(plain, 2);
        if (unfit.isPresent() || extended.isEmpty()) {
            return new Verdict.Inconclusive(RULE, unfit.orElse("no request with unknown fields was sent"));
        }
        var findings = new Findings(RULE);
        boolean steady = steady(plain);
        for (Generation one : extended) {
            if (!one.ended()) {
                findings.add("unknown fields to be ignored", "the answer was " + one.outcome());
            } else if (steady) {
                SameText.compare(plain.getFirst(), one, "the text with unknown fields", "a plain run")
                        .ifPresent(findings::add);
            }
        }
        return steady
                ? findings.orHeld("%d requests with unknown fields gave the plain text".formatted(extended.size()))
                : findings.orInconclusive("the worker disagrees with itself without them (DT-01)");
    }

    /**
     * What became of an id that was used three times.
     *
     * @param plain two runs or more of the first request under ids of their own
     * @param first the running job
     * @param duplicate asked with the same id while it ran
     * @param later asked with the same id after it had finished; counts only where it has
     */
    public record Uses(List<Generation> plain, Generation first, Exchange duplicate, Generation later) {}

    public static Verdict duplicate(Uses uses) {
        Generation first = uses.first();
        Optional<String> unfit = SameText.unfit(uses.plain(), 2);
        if (unfit.isPresent()) {
            return new Verdict.Inconclusive(RULE, unfit.get());
        }
        Instant over = first.exchange().request().sentAt().plusNanos(first.durationNanos());
        Instant asked = uses.duplicate().request().sentAt();
        if (first.ended() && !asked.isBefore(over)) {
            return new Verdict.Inconclusive(RULE, "the first job was over before its id was used again");
        }
        var findings = new Findings(RULE);
        Verdict form = ErrorForm.judge(RULE, uses.duplicate(), 400, "INVALID_REQUEST", Optional.of("job_id"));
        if (form instanceof Verdict.Broken broken) {
            broken.findings().forEach(findings::add);
        }
        unharmed(uses, findings);
        if (first.ended() && !uses.later().ended()) {
            findings.add(
                    "the id of a finished job to be accepted",
                    "the answer was " + uses.later().outcome());
        }
        return findings.orHeld("the id of a running job was refused, its stream of %d tokens unharmed, then accepted"
                .formatted(first.tokenCount()));
    }

    private static void unharmed(Uses uses, Findings findings) {
        if (!uses.first().ended()) {
            findings.add(
                    "the running job to be unharmed",
                    "it ended as " + uses.first().outcome());
        } else if (steady(uses.plain())) {
            SameText.compare(uses.plain().getFirst(), uses.first(), "the job whose id was used again", "a plain run")
                    .ifPresent(findings::add);
        }
    }

    private static boolean steady(List<Generation> plain) {
        return plain.stream()
                .allMatch(g -> SameText.compare(plain.getFirst(), g, "a run", "another")
                        .isEmpty());
    }
}
