package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Judges SP-03 and SP-04: the text ends before the first occurrence of a stop sequence, and is whole where none occurs.
 */
public final class StopSequences {
    /** A worker may see a match a few tokens late, as one that decodes ahead does. */
    private static final int LATE_TOKENS = 8;

    private final String rule;
    private final Findings findings;
    private int cut;
    private int whole;

    private StopSequences(String rule) {
        this.rule = rule;
        this.findings = new Findings(rule);
    }

    /** @param where the sequences lie, in a few words */
    public record Stopped(String where, Generation generation) {}

    /**
     * @param plain runs without a stop sequence, each request at least twice
     * @param stopped the same requests with stop sequences
     */
    public static Verdict judge(String rule, List<Generation> plain, List<Stopped> stopped) {
        return new StopSequences(rule).judge(plain, stopped);
    }

    private Verdict judge(List<Generation> plain, List<Stopped> stopped) {
        var agreement = new SelfAgreement(plain, "stop");
        Set<String> obstacles = new TreeSet<>();
        int declined = 0;
        for (Stopped one : stopped) {
            Optional<String> obstacle = agreement.obstacle(one.generation());
            if (obstacle.isPresent()) {
                obstacles.add(obstacle.get());
            } else if (one.generation().refused()) {
                declined++;
            } else if (!one.generation().ended()) {
                findings.add(
                        "a text that ends at the stop sequence",
                        "with one %s there was %s"
                                .formatted(one.where(), one.generation().outcome()));
            } else {
                compare(agreement.reference(one.generation()).orElseThrow(), one);
            }
        }
        if (declined > 0 && declined == stopped.size()) {
            return new Verdict.Unsupported(rule, "the worker declined stop sequences");
        }
        if (cut == 0) {
            return findings.orInconclusive(
                    obstacles.isEmpty()
                            ? "no text had room for a stop sequence"
                            : obstacles.iterator().next());
        }
        return findings.orHeld("%d texts cut before their stop sequence, %d whole after a near match: %s"
                .formatted(
                        cut,
                        whole,
                        String.join("; ", stopped.stream().map(Stopped::where).toList())));
    }

    private void compare(Generation plain, Stopped stopped) {
        String all = plain.text();
        Generation seen = stopped.generation();
        List<String> stops = seen.stops();
        Optional<Match> match = stops.stream()
                .filter(all::contains)
                .map(stop -> new Match(all.indexOf(stop), stop))
                .min(Comparator.comparingInt(Match::at));
        String wanted = match.map(m -> all.substring(0, m.at())).orElse(all);
        if (!seen.text().equals(wanted)) {
            findings.add(
                    match.map(m -> "the text up to the stop sequence %s, %s: %s"
                                    .formatted(Shown.quoted(m.stop()), stopped.where(), tail(wanted)))
                            .orElse("the whole text, for %s did not complete: %s"
                                    .formatted(Shown.quoted(String.join(", ", stops)), tail(wanted))),
                    fault(seen.text(), wanted, match));
        } else if (match.isPresent()) {
            cut++;
            ends(plain, seen, match.get(), stopped.where());
        } else {
            whole++;
        }
    }

    private void ends(Generation plain, Generation seen, Match match, String where) {
        if (seen.stopReason().filter("stop"::equals).isEmpty()) {
            findings.add(
                    "stop_reason stop at the stop sequence %s, %s".formatted(Shown.quoted(match.stop()), where),
                    "it was " + seen.stopReason().orElse("absent"));
        }
        int after = plain.text().length() - match.at() - match.stop().length();
        boolean muchWasLeft = plain.countsTokens()
                && seen.countsTokens()
                && (long) plain.tokenCount() * after
                        > (long) LATE_TOKENS * plain.text().length();
        if (muchWasLeft && seen.tokenCount() >= plain.tokenCount()) {
            findings.add(
                    "the generation to end at the stop sequence %s, %s".formatted(Shown.quoted(match.stop()), where),
                    "it went on in silence to %d tokens".formatted(seen.tokenCount()));
        }
    }

    private static String fault(String seen, String wanted, Optional<Match> match) {
        String what;
        if (match.isPresent() && seen.startsWith(wanted + match.get().stop())) {
            what = seen.equals(wanted + match.get().stop()) ? "the sequence was included" : "it was missed";
        } else if (seen.startsWith(wanted)) {
            what = "%s leaked after it".formatted(Shown.quoted(seen.substring(wanted.length())));
        } else if (wanted.startsWith(seen)) {
            what = "%s was swallowed".formatted(Shown.quoted(wanted.substring(seen.length())));
        } else {
            what = "another text came";
        }
        return what + ": the text ended " + tail(seen);
    }

    private static String tail(String text) {
        int from = text.length() <= 40 ? 0 : text.offsetByCodePoints(text.length(), -20);
        return (from > 0 ? "…" : "") + Shown.quoted(text.substring(from));
    }

    private record Match(int at, String stop) {}
}
