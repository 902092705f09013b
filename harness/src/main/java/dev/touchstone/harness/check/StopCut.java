package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** Judges that a stop string cuts a text exactly: for OA-05 in a chat, and wherever one text shows it. */
public final class StopCut {
    private StopCut() {}

    /**
     * @param plain the same request without the stop string, twice or more
     * @param stopped with it
     * @param stop that stands in the plain text
     */
    public static Verdict judge(String rule, List<Generation> plain, Generation stopped, String stop) {
        var findings = new Findings(rule);
        Optional<String> unfit = SameText.unfit(plain, 2);
        if (unfit.isPresent()) {
            return findings.orInconclusive(unfit.get());
        }
        Generation first = plain.getFirst();
        if (plain.stream().anyMatch(g -> !g.text().equals(first.text()))) {
            return findings.orInconclusive("the worker disagrees with itself at temperature 0 (DT-01)");
        }
        int at = first.text().indexOf(stop);
        if (at < 0) {
            return findings.orInconclusive("the stop string does not stand in the text");
        }
        if (!stopped.ended()) {
            return findings.add("a text up to the stop string", "the answer was " + stopped.outcome())
                    .broken();
        }
        String wanted = first.text().substring(0, at);
        if (!stopped.text().equals(wanted)) {
            findings.add(
                    "the text up to the stop string %s: %s".formatted(Shown.quoted(stop), Shown.quoted(wanted)),
                    "it was " + Shown.quoted(stopped.text()));
        }
        if (stopped.stopReason().filter("stop"::equals).isEmpty()) {
            findings.add(
                    "the reason stop",
                    "it was " + stopped.stopReason().map(Shown::quoted).orElse("absent"));
        }
        return findings.orHeld("stopped by %s after %d characters".formatted(Shown.quoted(stop), wanted.length()));
    }
}
