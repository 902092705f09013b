package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** Judges QU-03: no stream ever contains another request's text. */
public final class CrossTalk {
    private static final String RULE = "QU-03";

    private CrossTalk() {}

    /**
     * Judges concurrent requests whose prompts make the model repeat a secret of their own.
     *
     * @param secrets one for each generation, none part of another
     */
    public static Verdict canaries(List<Generation> generations, List<String> secrets) {
        var findings = new Findings(RULE);
        long own = 0;
        for (int n = 0; n < generations.size(); n++) {
            String text = generations.get(n).text();
            own += text.contains(secrets.get(n)) ? 1 : 0;
            for (int other = 0; other < secrets.size(); other++) {
                if (other != n && text.contains(secrets.get(other))) {
                    findings.add(
                            "no stream with another request's secret",
                            "stream %d has %s, which was in request %d only"
                                    .formatted(n + 1, Shown.quoted(secrets.get(other)), other + 1));
                }
            }
        }
        return own < 2
                ? findings.orInconclusive("%d of %d streams repeated their own secret, too few to tell"
                        .formatted(own, generations.size()))
                : findings.orHeld(
                        "%d concurrent streams repeated their own secret, and none had another's".formatted(own));
    }

    /**
     * Judges concurrent requests against the same requests alone.
     *
     * @param alone each request on its own, twice over: all of them, then all of them again
     * @param together the same requests, in the same order, at the same time
     */
    public static Verdict baseline(List<Generation> alone, List<Generation> together) {
        var findings = new Findings(RULE);
        int requests = alone.size() / 2;
        int compared = 0;
        for (int n = 0; n < Math.min(requests, together.size()); n++) {
            Generation first = alone.get(n);
            boolean steady = SameText.unfit(List.of(first, alone.get(requests + n)), 2)
                            .isEmpty()
                    && SameText.compare(first, alone.get(requests + n), "", "").isEmpty();
            if (steady && together.get(n).ended()) {
                compared++;
                Optional<Integer> origin = origin(n, together.get(n), alone.subList(0, requests));
                SameText.compare(
                                first,
                                together.get(n),
                                "request %d among others%s"
                                        .formatted(
                                                n + 1,
                                                origin.map(o -> ", which has text of request " + (o + 1) + ",")
                                                        .orElse("")),
                                "the same request alone")
                        .ifPresent(findings::add);
            }
        }
        return compared < 2
                ? findings.orInconclusive(
                        "too few requests gave the same text twice when alone (the worker disagrees with itself, DT-01)")
                : findings.orHeld("%d concurrent streams gave the text of the same request alone".formatted(compared));
    }

    /** The request whose text shows in this stream, though it is not this stream's own. */
    private static Optional<Integer> origin(int own, Generation mixed, List<Generation> alone) {
        for (int other = 0; other < alone.size(); other++) {
            String text = alone.get(other).text();
            String tail = text.substring(text.length() / 2);
            if (other != own
                    && tail.length() > 3
                    && mixed.text().contains(tail)
                    && !alone.get(own).text().contains(tail)) {
                return Optional.of(other);
            }
        }
        return Optional.empty();
    }
}
