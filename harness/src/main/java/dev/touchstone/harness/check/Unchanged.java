package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Judges rules that promise the same result whatever came before (DT-04), runs beside it (DT-05) or was started anew
 * (DT-06).
 */
public final class Unchanged {
    private Unchanged() {}

    /** @param when under which condition, such as {@code after a cancelled request} */
    public record Later(String when, Generation generation) {}

    /**
     * @param plain runs without any condition, each request at least twice
     * @param later the same requests under a condition
     */
    public static Verdict judge(String rule, List<Generation> plain, List<Later> later) {
        var agreement = new SelfAgreement(plain);
        var findings = new Findings(rule);
        Set<String> obstacles = new TreeSet<>();
        int judged = 0;
        int declined = 0;
        for (Later one : later) {
            if (agreement.refused(one.generation())) {
                declined++;
                continue;
            }
            Optional<String> obstacle = agreement
                    .obstacle(one.generation())
                    .or(() -> one.generation().busy()
                            ? Optional.of("the worker was busy " + one.when())
                            : Optional.empty());
            if (obstacle.isPresent()) {
                obstacles.add(obstacle.get());
                continue;
            }
            judged++;
            compare(agreement.reference(one.generation()).orElseThrow(), one, findings);
        }
        if (!obstacles.isEmpty()) {
            return findings.orInconclusive(obstacles.iterator().next());
        }
        if (judged == 0) {
            return declined > 0
                    ? new Verdict.Unsupported(rule, "the worker declined all %d requests".formatted(declined))
                    : new Verdict.Inconclusive(rule, "nothing was asked again");
        }
        return findings.orHeld("%d results as in the plain runs: %s"
                .formatted(
                        judged,
                        String.join(
                                ", ", later.stream().map(Later::when).distinct().toList())));
    }

    private static void compare(Generation plain, Later later, Findings findings) {
        if (!later.generation().ended()) {
            findings.add(
                    "the text of the plain run",
                    "%s there was none: %s"
                            .formatted(later.when(), later.generation().outcome()));
            return;
        }
        SameText.compare(plain, later.generation(), "the run " + later.when(), "the plain run")
                .ifPresent(findings::add);
    }
}
