package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;

/**
 * Judges DT-07: without a seed the worker draws one, which it reports and which reproduces the text. In the OpenAI
 * dialect, where no answer names the seed, only the drawing shows.
 */
public final class SeedReplay {
    private static final String RULE = "DT-07";

    /** Chance gives one text or one seed this often only to a worker that draws nothing. */
    private static final int LEAST_DRAWS = 3;

    private SeedReplay() {}

    /**
     * @param drawn generations without a seed
     * @param replays the same requests with the seeds that those reported, in the same order; shorter where one was
     *     not reported
     */
    public static Verdict judge(List<Generation> drawn, List<Generation> replays) {
        var findings = new Findings(RULE);
        if (drawn.stream().anyMatch(Generation::isOpenAi)) {
            return unreported(drawn, findings);
        }
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
        if (oneSeed && drawn.size() >= LEAST_DRAWS) {
            findings.add(
                    "a seed drawn for each request",
                    "all %d reported %s"
                            .formatted(
                                    drawn.size(),
                                    drawn.getFirst().reportedSeed().orElseThrow()));
        }
        if (oneText && !oneSeed) {
            return findings.orInconclusive("all drawn seeds gave one text, so a replay proves nothing");
        }
        return findings.orHeld("%d drawn seeds, each replayed to the same text".formatted(drawn.size()));
    }

    /** A generator that begins in one state for every request shows in equal texts. */
    private static Verdict unreported(List<Generation> drawn, Findings findings) {
        var unfit = SameText.unfit(drawn, LEAST_DRAWS);
        if (unfit.isPresent()) {
            return new Verdict.Inconclusive(RULE, unfit.get());
        }
        if (drawn.stream().map(Generation::text).distinct().count() == 1) {
            return findings.orInconclusive(
                    "%d runs without a seed gave one text; a seed may not have been drawn".formatted(drawn.size()));
        }
        return new Verdict.Unsupported(
                RULE,
                "the OpenAI dialect does not report the seed; %d runs without one differ".formatted(drawn.size()));
    }
}
