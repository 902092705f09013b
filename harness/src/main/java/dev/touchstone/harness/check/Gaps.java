package dev.touchstone.harness.check;

import java.util.ArrayList;
import java.util.List;

/** Inter-token latencies: the time from each token event to the next, as the client saw them arrive. */
final class Gaps {
    private Gaps() {}

    /** Nanoseconds, one fewer than tokens; tokens of one read are 0 apart. */
    static List<Long> of(Generation generation) {
        List<Long> gaps = new ArrayList<>();
        List<Token> tokens = generation.tokens();
        for (int n = 1; n < tokens.size(); n++) {
            gaps.add(Math.max(
                    0, tokens.get(n).event().nanos() - tokens.get(n - 1).event().nanos()));
        }
        return gaps;
    }
}
