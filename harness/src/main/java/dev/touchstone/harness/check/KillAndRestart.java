package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** Judges LI-03: after {@code kill -9} the same command works on the same port at once, with the same results. */
public final class KillAndRestart {
    private static final String RULE = "LI-03";

    private KillAndRestart() {}

    /**
     * Judges one kill.
     *
     * @param before two runs or more of each request on the first process, the runs of one request one after the other
     * @param after one run of each on the second
     * @param failure why the second process did not become healthy; empty where it did
     */
    public static Verdict judge(List<Generation> before, List<Generation> after, Optional<String> failure) {
        if (failure.isPresent()) {
            return new Findings(RULE)
                    .add("a healthy worker on the same port right after kill -9", failure.get())
                    .broken();
        }
        Optional<Generation> failed =
                after.stream().filter(g -> !g.ended() || g.tokenCount() == 0).findFirst();
        if (failed.isPresent() && SameText.unfit(before, 2).isEmpty()) {
            return new Findings(RULE)
                    .add(
                            "text from the restarted worker, as before",
                            "it was " + failed.get().outcome())
                    .broken();
        }
        return SameText.across(RULE, before, after, "kill -9 and a restart");
    }
}
