package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Judges CA-03: a job that is cancelled while it waits never runs, and the jobs behind it do. */
public final class QueuedCancel {
    private static final String RULE = "CA-03";

    private QueuedCancel() {}

    /**
     * @param running the jobs that the engine was busy with, cancelled last
     * @param queued jobs that waited, and were cancelled while it ran, in order
     * @param cancels the calls that did it
     * @param behind a job behind them, not cancelled
     */
    public static Verdict judge(
            List<Generation> running, List<Generation> queued, List<Exchange> cancels, Generation behind) {
        var findings = new Findings(RULE);
        Instant free = running.stream()
                .map(Moments::lastEvent)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MIN);
        long inTime = 0;
        for (int n = 0; n < queued.size(); n++) {
            Exchange cancel = cancels.get(n);
            if (cancel.status() != 202) {
                findings.add("202 to POST /cancel of a queued job", Shown.answer(cancel));
            }
            if (Moments.over(cancel).isBefore(free)) {
                inTime++;
                never(n + 1, queued.get(n), findings);
            }
        }
        if (inTime == 0) {
            return findings.orInconclusive("the running job was over before a queued one could be cancelled");
        }
        if (!behind.ended() || behind.tokenCount() == 0) {
            findings.add("the job behind the cancelled ones to run", "its outcome was " + behind.outcome());
        }
        return findings.orHeld("%d queued jobs cancelled before they started; none gave a token, and the next job ran"
                .formatted(inTime));
    }

    private static void never(int number, Generation queued, Findings findings) {
        if (queued.tokenCount() > 0) {
            findings.at(
                    queued.tokens().getFirst().event(),
                    "no token of a job that was cancelled while it waited",
                    "queued job %d ran and gave %d tokens".formatted(number, queued.tokenCount()));
        } else if (queued.errorCode().filter("CANCELLED"::equals).isEmpty()) {
            findings.add(
                    "error CANCELLED as the end of a job that was cancelled while it waited",
                    "queued job %d had %s".formatted(number, queued.outcome()));
        }
    }
}
