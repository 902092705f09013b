package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * Judges DT-09: a slow reader gets the events and the text of a fast one. In the OpenAI dialect a worker may put more
 * tokens into a chunk while the reader is slow, so there only text and counts are compared.
 */
public final class ReaderIndependence {
    private static final String RULE = "DT-09";

    private ReaderIndependence() {}

    /**
     * @param fast runs of the request by a reader that takes what comes, at least two
     * @param slow runs of the same request by slow readers
     */
    public static Verdict judge(List<Generation> fast, List<Unchanged.Later> slow) {
        Verdict texts = Unchanged.judge(RULE, fast, slow);
        if (!(texts instanceof Verdict.Held)) {
            return texts;
        }
        var findings = new Findings(RULE);
        for (Unchanged.Later later : slow) {
            Generation seen = later.generation();
            if (!seen.isOpenAi()) {
                events(fast.getFirst(), later, findings);
            }
        }
        return findings.orHeld("%s; the fast reader got %d events"
                .formatted(texts.summary(), fast.getFirst().tokens().size()));
    }

    private static void events(Generation fast, Unchanged.Later later, Findings findings) {
        List<Optional<String>> wanted = fast.tokens().stream().map(Token::t).toList();
        List<Token> seen = later.generation().tokens();
        for (int n = 0; n < Math.min(wanted.size(), seen.size()); n++) {
            if (!seen.get(n).t().equals(wanted.get(n))) {
                findings.at(
                        seen.get(n).event(),
                        "token %d to be %s, as the fast reader got it"
                                .formatted(n, Shown.quoted(wanted.get(n).orElse(""))),
                        "%s it was %s"
                                .formatted(
                                        later.when(),
                                        Shown.quoted(seen.get(n).t().orElse(""))));
                return;
            }
        }
    }
}
