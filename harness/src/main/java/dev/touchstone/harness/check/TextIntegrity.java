package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseFinding;
import dev.touchstone.harness.sse.SseRule;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;

/**
 * Judges TX-01: whole characters only.
 *
 * <p>U+FFFD is legal at the very end, where bytes that were still pending are flushed as one replacement. A single one
 * elsewhere may be the model's own; a split character leaves at least two, so two or more break the rule, unless the
 * same stream shows characters that were held back and came whole: then the bytes were the model's.
 */
public final class TextIntegrity {
    private static final String RULE = "TX-01";
    private static final char REPLACEMENT = '\uFFFD';
    private static final int LEAST_QUESTION_MARKS = 8;

    private TextIntegrity() {}

    public static Verdict judge(List<Generation> generations) {
        var findings = new Findings(RULE);
        generations.forEach(g -> bytes(g, findings));
        generations.forEach(g -> surrogates(g, findings));
        generations.forEach(g -> Mojibake.find(g.text())
                .ifPresent(m -> findings.add(
                        "text in UTF-8", "UTF-8 was read as %s: %s".formatted(m.charset(), Shown.quoted(m.sample())))));
        generations.forEach(g -> LostLetters.find(g.prompt(), g.text())
                .ifPresent(word -> findings.add(
                        "characters beyond ASCII sent as UTF-8",
                        "question marks stood in place of letters of the prompt: " + Shown.quoted(word))));
        long suspicious = generations.stream()
                .filter(g -> !holdsBack(g))
                .mapToLong(TextIntegrity::innerReplacements)
                .max()
                .orElse(0);
        if (suspicious > 1) {
            generations.stream().filter(g -> !holdsBack(g)).forEach(g -> replacements(g, findings));
        }
        long wide = generations.stream()
                .flatMapToInt(g -> g.text().codePoints())
                .filter(c -> c > 0x7F)
                .count();
        if (wide == 0) {
            questionMarks(generations, findings);
        }
        if (wide == 0) {
            return findings.orInconclusive("no character beyond ASCII came in %d generations, so none could be split"
                    .formatted(generations.size()));
        }
        if (suspicious == 1 && generations.stream().noneMatch(TextIntegrity::holdsBack)) {
            return findings.orInconclusive("one U+FFFD came in mid-text; it may be the model's own");
        }
        return findings.orHeld("%d generations, %d tokens, %d characters beyond ASCII, all whole"
                .formatted(
                        generations.size(),
                        generations.stream().mapToInt(Generation::tokenCount).sum(),
                        wide));
    }

    private static void bytes(Generation generation, Findings findings) {
        for (SseFinding found : generation.stream().findings()) {
            if (found.rule() == SseRule.INVALID_UTF8) {
                findings.add(Finding.at(found.byteOffset(), "bytes of valid UTF-8", "there was " + found.detail()));
            }
        }
    }

    private static void surrogates(Generation generation, Findings findings) {
        for (Token token : generation.tokens()) {
            boolean lone = token.t().orElse("").codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF);
            if (lone) {
                findings.at(
                        token.event(),
                        "no lone surrogate in t",
                        "t was " + Shown.quoted(token.t().orElse("")));
            }
        }
    }

    /** Replacement characters that something other than another replacement follows. */
    private static long innerReplacements(Generation generation) {
        String text = generation.text();
        int end = text.endsWith(String.valueOf(REPLACEMENT)) ? text.length() - 1 : text.length();
        return text.substring(0, end).chars().filter(c -> c == REPLACEMENT).count();
    }

    /** Whether a token without text came right before a character beyond ASCII, which it must have begun. */
    private static boolean holdsBack(Generation generation) {
        boolean held = false;
        for (Token token : generation.tokens()) {
            String t = token.t().orElse("");
            if (held && !t.isEmpty() && t.charAt(0) > 0x7F && t.charAt(0) != REPLACEMENT) {
                return true;
            }
            held = t.isEmpty();
        }
        return false;
    }

    private static void replacements(Generation generation, Findings findings) {
        long left = innerReplacements(generation);
        for (Token token : generation.tokens()) {
            long here =
                    token.t().orElse("").chars().filter(c -> c == REPLACEMENT).count();
            if (here > 0 && left > 0) {
                findings.at(
                        token.event(),
                        "no U+FFFD but one at the very end",
                        "t was " + Shown.quoted(token.t().orElse("")) + " within the text");
            }
            left -= here;
        }
    }

    private static void questionMarks(List<Generation> generations, Findings findings) {
        String all = String.join("", generations.stream().map(Generation::text).toList())
                .replaceAll("\\s", "");
        long marks = all.chars().filter(c -> c == '?').count();
        if (marks >= LEAST_QUESTION_MARKS && 2 * marks > all.length()) {
            findings.add(
                    "characters beyond ASCII sent as UTF-8",
                    "%d of %d characters were question marks".formatted(marks, all.length()));
        }
    }
}
