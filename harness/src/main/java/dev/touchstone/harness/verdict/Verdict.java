package dev.touchstone.harness.verdict;

import java.util.List;

/** What a check says of one rule. Immutable; exactly six kinds, as the design names them. */
public sealed interface Verdict {

    /** The requirement id that was judged, such as {@code EV-04}. */
    String rule();

    /** One sentence for people: what was seen, or why nothing could be said. */
    String summary();

    /** The promise was kept. {@code summary} says what was looked at, so that an empty look shows. */
    record Held(String rule, String summary) implements Verdict {}

    /** The promise was broken; at least one finding. */
    record Broken(String rule, List<Finding> findings) implements Verdict {
        public Broken {
            findings = List.copyOf(findings);
            if (findings.isEmpty()) {
                throw new IllegalArgumentException("Broken needs at least one finding, rule " + rule);
            }
        }

        @Override
        public String summary() {
            Finding first = findings.getFirst();
            return "expected " + first.expected() + ", but " + first.actual();
        }
    }

    /** Cleanly refused by the worker, or declared absent, or not expressible in its dialect. */
    record Unsupported(String rule, String summary) implements Verdict {}

    /** The contract is silent, or asks only for a record; what was seen is recorded. */
    record Observed(String rule, String summary, List<Figure> figures) implements Verdict {
        public Observed {
            figures = List.copyOf(figures);
        }
    }

    /** It cannot be told here: no access to the evidence, or the worker disagrees with itself. */
    record Inconclusive(String rule, String summary) implements Verdict {}

    /** The kit or the network failed, not the worker. */
    record KitError(String rule, String summary) implements Verdict {}
}
