package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Collects what departs from one rule and turns it into a verdict. Not thread-safe. */
final class Findings {
    /** One worker fault may show at every token; the first few say it all. */
    private static final int LIMIT = 8;

    private final String rule;
    private final List<Finding> list = new ArrayList<>();

    Findings(String rule) {
        this.rule = rule;
    }

    Findings add(String expected, String actual) {
        return add(Finding.of(expected, actual));
    }

    Findings at(SseEvent event, String expected, String actual) {
        return add(
                new Finding(expected, actual, OptionalLong.of(event.start()), OptionalDouble.of(event.nanos() / 1e6)));
    }

    Findings add(Finding finding) {
        if (list.size() < LIMIT) {
            list.add(finding);
        }
        return this;
    }

    List<Finding> findings() {
        return List.copyOf(list);
    }

    boolean none() {
        return list.isEmpty();
    }

    Verdict broken() {
        return new Verdict.Broken(rule, list);
    }

    Verdict orHeld(String summary) {
        return none() ? new Verdict.Held(rule, summary) : broken();
    }

    Verdict orInconclusive(String summary) {
        return none() ? new Verdict.Inconclusive(rule, summary) : broken();
    }
}
