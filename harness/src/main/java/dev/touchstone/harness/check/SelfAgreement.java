package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plain runs of some requests, each at least twice, before anything is changed. Only a worker that agrees with itself
 * can be asked whether a condition changes its results.
 */
final class SelfAgreement {
    /** How many plain runs there must be of each request. */
    static final int RUNS = 2;

    private final Map<String, List<Generation>> runs = new LinkedHashMap<>();
    private final String[] without;

    /** @param without members of the request that do not tell one request from another, beside the job's name */
    SelfAgreement(List<Generation> plain, String... without) {
        this.without = without.clone();
        plain.forEach(g ->
                runs.computeIfAbsent(g.wish(without), _ -> new ArrayList<>()).add(g));
    }

    /** The first plain run of the same request. */
    Optional<Generation> reference(Generation later) {
        return Optional.ofNullable(runs.get(later.wish(without))).map(List::getFirst);
    }

    /** Whether the worker does not offer what this request asks for. */
    boolean refused(Generation later) {
        return reference(later).filter(Generation::refused).isPresent();
    }

    /** Why nothing can be concluded from this request; empty where it can. */
    Optional<String> obstacle(Generation later) {
        List<Generation> plain = runs.getOrDefault(later.wish(without), List.of());
        return SameText.unfit(plain, RUNS).or(() -> disagreement(plain));
    }

    private static Optional<String> disagreement(List<Generation> plain) {
        Generation first = plain.getFirst();
        for (int run = 1; run < plain.size(); run++) {
            Optional<Finding> difference = SameText.compare(first, plain.get(run), "run " + (run + 1), "run 1");
            if (difference.isPresent()) {
                return Optional.of("the worker disagrees with itself before anything is changed (DT-01, DT-02): "
                        + difference.get().actual());
            }
        }
        return Optional.empty();
    }
}
