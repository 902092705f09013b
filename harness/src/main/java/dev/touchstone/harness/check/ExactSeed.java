package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Judges SP-07: every unsigned 64-bit seed is taken exactly, so that neighbours give different texts. */
public final class ExactSeed {
    private static final String RULE = "SP-07";

    private ExactSeed() {}

    /**
     * @param generations one request each of several seeds, on one or more prompts; where two have the same prompt and
     *     seed, they show whether the worker agrees with itself
     */
    public static Verdict judge(List<Generation> generations) {
        var findings = new Findings(RULE);
        for (Generation generation : generations) {
            echo(generation, findings);
        }
        if (!findings.none()) {
            return findings.broken();
        }
        var unfit = SameText.unfit(generations, 2);
        if (unfit.isPresent()) {
            return new Verdict.Inconclusive(RULE, unfit.get());
        }
        Map<String, Map<BigInteger, Generation>> byPrompt = new LinkedHashMap<>();
        for (Generation generation : generations) {
            Generation before = byPrompt.computeIfAbsent(generation.wish("seed"), _ -> new LinkedHashMap<>())
                    .putIfAbsent(generation.askedSeed().orElseThrow(), generation);
            if (before != null && !before.text().equals(generation.text())) {
                return new Verdict.Inconclusive(RULE, "one seed gave two texts, so seeds do not count (DT-02)");
            }
        }
        neighbours(byPrompt, findings);
        return findings.orHeld("%d seeds echoed exactly, each with another text than its neighbour"
                .formatted(byPrompt.values().iterator().next().size()));
    }

    private static void echo(Generation generation, Findings findings) {
        String asked = generation.askedSeed().map(String::valueOf).orElse("none");
        if (generation.exchange().status() >= 400) {
            findings.add("seed %s to be accepted".formatted(asked), "there was " + generation.outcome());
            return;
        }
        String told = generation.reportedSeed().map(String::valueOf).orElse("no integer");
        if (generation.ended() && !told.equals(asked)) {
            findings.add("seed %s in started, as it was asked for".formatted(asked), "it was " + told);
        }
    }

    /** Two seeds count as one where they give one text on every prompt on which both were tried. */
    private static void neighbours(Map<String, Map<BigInteger, Generation>> byPrompt, Findings findings) {
        Set<BigInteger> seeds = new HashSet<>();
        byPrompt.values().forEach(m -> seeds.addAll(m.keySet()));
        List<BigInteger> sorted = new ArrayList<>(seeds);
        sorted.sort(BigInteger::compareTo);
        for (int n = 1; n < sorted.size(); n++) {
            BigInteger a = sorted.get(n - 1);
            BigInteger b = sorted.get(n);
            Optional<String> shared = sharedText(byPrompt, a, b);
            shared.ifPresent(text -> findings.add(
                    "seeds %s and %s to give different texts".formatted(a, b),
                    "on each of %d prompts they gave one text, such as %s"
                            .formatted(byPrompt.size(), Shown.quoted(text))));
        }
    }

    private static Optional<String> sharedText(
            Map<String, Map<BigInteger, Generation>> byPrompt, BigInteger a, BigInteger b) {
        Optional<String> shared = Optional.empty();
        for (Map<BigInteger, Generation> tried : byPrompt.values()) {
            Optional<String> one = Optional.ofNullable(tried.get(a)).map(Generation::text);
            Optional<String> other = Optional.ofNullable(tried.get(b)).map(Generation::text);
            if (one.isPresent() && other.isPresent()) {
                if (!one.equals(other)) {
                    return Optional.empty();
                }
                shared = one;
            }
        }
        return shared;
    }
}
