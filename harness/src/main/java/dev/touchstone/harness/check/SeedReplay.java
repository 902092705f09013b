package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;

/** Judges DT-07: the seed that the worker drew and reported reproduces the text. */
public final class SeedReplay {
    private static final String RULE = "DT-07";

    private SeedReplay() {}

    /**
     * @param drawn generations without a seed
     * @param replays the same requests with the seeds that those reported, in the same order; shorter where one was
     *     not reported
     */
    public static Verdict judge(List<Generation> drawn, List<Generation> replays) {
        var findings = new Findings(RULE);
        drawn.stream()
                .filter(Generation::ended)
                .filter(g -> g.reportedSeed().isEmpty())
                .forEach(g -> findings.add("the drawn seed in started", "started reported none"));
        if (!findings.none()) {
            return findings.broken();
        }
        var unfit = SameText.unfit(drawn, 2).or(() -> SameText.unfit(replays, drawn.size()));
        if (unfit.isPresent()) {
            return new Verdict.Inconclusive(RULE, unfit.get());
        }
        for (int n = 0; n < drawn.size(); n++) {
            String seed = drawn.get(n).reportedSeed().orElseThrow().toString();
            SameText.compare(drawn.get(n), replays.get(n), "the replay", "seed " + seed)
                    .ifPresent(findings::add);
        }
        boolean oneText = drawn.stream().map(Generation::text).distinct().count() == 1;
        boolean oneSeed =
                drawn.stream().map(Generation::reportedSeed).distinct().count() == 1;
        if (oneText && !oneSeed) {
            return findings.orInconclusive("all drawn seeds gave one text, so a replay proves nothing");
        }
        return findings.orHeld("%d drawn seeds, each replayed to the same text".formatted(drawn.size()));
    }
}
