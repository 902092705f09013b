package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges TX-06: a prompt that is no valid text is refused or read with U+FFFD, and harms nobody. */
public final class NoText {
    private static final String RULE = "TX-06";

    private NoText() {}

    /**
     * @param what was wrong with the prompt, such as {@code a lone surrogate escape}
     * @param after a plain request right after it
     */
    public record Trial(String what, Exchange answer, Generation after) {}

    /** @param plain runs of the plain request before all trials, at least two */
    public static Verdict judge(List<Generation> plain, List<Trial> trials) {
        var findings = new Findings(RULE);
        int refused = 0;
        for (Trial trial : trials) {
            if (trial.answer().status() == 200) {
                Generation served = Generation.of(trial.answer());
                if (!served.ended() || !(trial.answer().end() instanceof BodyEnd.Complete)) {
                    findings.add(
                            "a prompt with %s to be served whole or refused".formatted(trial.what()),
                            "there was %s, %s"
                                    .formatted(
                                            served.outcome(),
                                            Shown.end(trial.answer().end())));
                }
            } else {
                refused++;
                Verdict form = form(trial.answer());
                if (form instanceof Verdict.Broken broken) {
                    broken.findings()
                            .forEach(f -> findings.add(
                                    "%s for a prompt with %s".formatted(f.expected(), trial.what()), f.actual()));
                }
            }
        }
        List<Unchanged.Later> later = new ArrayList<>();
        trials.forEach(t -> later.add(new Unchanged.Later("after a prompt with " + t.what(), t.after())));
        Verdict after = Unchanged.judge(RULE, plain, later);
        if (after instanceof Verdict.Broken broken) {
            broken.findings().forEach(findings::add);
        }
        return after instanceof Verdict.Held
                ? findings.orHeld("%d prompts that are no text: %d refused, %d served; the next results unchanged"
                        .formatted(trials.size(), refused, trials.size() - refused))
                : findings.orInconclusive(after.summary());
    }

    private static Verdict form(Exchange answer) {
        if (OpenAiReading.applies(answer)) {
            return ErrorForm.invalid(RULE, answer, "prompt");
        }
        return ErrorForm.judge(RULE, answer, 400, "INVALID_REQUEST", Optional.empty());
    }
}
