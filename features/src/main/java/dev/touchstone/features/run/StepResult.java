package dev.touchstone.features.run;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * One step as it ran.
 *
 * @param argument its doc string or table
 * @param status {@code passed}, {@code failed} or {@code skipped}
 * @param verdicts what was judged while it ran
 */
record StepResult(
        String keyword,
        String text,
        Optional<String> argument,
        String status,
        double durationMillis,
        List<Verdict> verdicts) {

    StepResult {
        verdicts = List.copyOf(verdicts);
    }
}
