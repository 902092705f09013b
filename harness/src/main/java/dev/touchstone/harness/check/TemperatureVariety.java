package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** Judges SP-06: over the same seeds a high temperature gives more distinct texts than a low one. */
public final class TemperatureVariety {
    private static final String RULE = "SP-06";

    private TemperatureVariety() {}

    /** One prompt with the same seeds at both temperatures. */
    public record Trial(List<Generation> low, List<Generation> high) {
        public Trial {
            low = List.copyOf(low);
            high = List.copyOf(high);
        }
    }

    /** @param trials one per prompt; a fault shows on every prompt, so one that varies is enough */
    public static Verdict judge(List<Trial> trials) {
        var findings = new Findings(RULE);
        Optional<String> obstacle = Optional.of("nothing was generated");
        for (Trial trial : trials) {
            Optional<String> unfit = SameText.unfit(trial.low(), 2).or(() -> SameText.unfit(trial.high(), 2));
            if (unfit.isPresent()) {
                obstacle = unfit;
                continue;
            }
            long low = distinct(trial.low());
            long high = distinct(trial.high());
            if (high > low) {
                return new Verdict.Held(
                        RULE,
                        "%d distinct texts of %d seeds at the high temperature, %d at the low one"
                                .formatted(high, trial.high().size(), low));
            }
            findings.add(
                    "more distinct texts at the high temperature",
                    "there were %d at the high and %d at the low one, of %d seeds"
                            .formatted(high, low, trial.high().size()));
        }
        return findings.orInconclusive(obstacle.get());
    }

    private static long distinct(List<Generation> generations) {
        return generations.stream().map(Generation::text).distinct().count();
    }
}
