package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Judges ME-02: the log has job ids and counts, and nothing of prompts or texts. */
public final class LogPrivacy {
    private static final String RULE = "ME-02";
    /** So much of a generated text in the log is no coincidence. */
    private static final int TELLING_TEXT = 24;

    private LogPrivacy() {}

    /**
     * @param log all that the worker wrote since its start
     * @param canaries strings that were in prompts and nowhere else, refused prompts included
     * @param generations served by that worker
     */
    public static Verdict judge(String log, List<String> canaries, List<Generation> generations) {
        var findings = new Findings(RULE);
        canaries.stream()
                .filter(log::contains)
                .forEach(c -> findings.add(
                        "no prompt in the log",
                        "the log has %s, which was in a prompt only".formatted(Shown.quoted(c))));
        generations.stream()
                .flatMap(g -> pieces(g.text()).stream())
                .filter(log::contains)
                .findFirst()
                .ifPresent(t -> findings.add("no generated text in the log", "the log has " + Shown.quoted(t)));
        List<Generation> served = generations.stream()
                .filter(g -> g.ended() && g.tokenCount() > 0)
                .toList();
        if (served.isEmpty()) {
            return findings.orInconclusive("the worker generated nothing that could have been logged");
        }
        served.stream().filter(g -> !g.isOpenAi()).forEach(g -> named(log, g, findings));
        return findings.orHeld("%d lines of log name %d jobs and their counts, and have none of %d canaries"
                .formatted(log.lines().count(), served.size(), canaries.size()));
    }

    /** Parts of the text that are long enough to be told from coincidence. */
    private static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        IntStream.iterate(0, at -> at + TELLING_TEXT <= text.length(), at -> at + TELLING_TEXT)
                .mapToObj(at -> text.substring(at, at + TELLING_TEXT))
                .filter(piece -> piece.chars().distinct().count() > 4)
                .forEach(pieces::add);
        return pieces;
    }

    private static void named(String log, Generation generation, Findings findings) {
        Optional<String> id = generation.request().flatMap(r -> r.string("job_id"));
        List<String> lines = log.lines().filter(l -> l.contains(id.orElse("?"))).toList();
        if (lines.isEmpty()) {
            findings.add("job_id %s in the log".formatted(id.orElse("?")), "no line has it");
        } else if (lines.stream().noneMatch(l -> l.matches(".*\\b" + generation.tokenCount() + "\\b.*"))) {
            findings.add(
                    "the count of tokens, %d, with job_id %s in the log"
                            .formatted(generation.tokenCount(), id.orElse("?")),
                    "its lines were " + Shown.quoted(lines.getLast()));
        }
    }
}
