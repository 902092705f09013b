package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Judges TX-05: spaces and line ends of tokens are kept. A prompt of a few words over and over shows what stands
 * between them: where the text joins words of the prompt that were apart, somebody trimmed. An answer that was not
 * streamed is compared as it is.
 */
public final class Spacing {
    private static final String RULE = "TX-05";
    private static final int LEAST_BOUNDARIES = 4;

    private Spacing() {}

    /**
     * @param streamed generations whose prompts repeat a few words, the last of them whole
     * @param whole the same requests answered by one JSON object, where the dialect has that
     */
    public static Verdict judge(List<Generation> streamed, List<Generation> whole) {
        var findings = new Findings(RULE);
        int kept = 0;
        int begun = 0;
        int joined = 0;
        Optional<Generation> first = Optional.empty();
        for (Generation generation : streamed) {
            Boundaries seen = Boundaries.of(generation);
            kept += seen.apart();
            if (seen.joined() > seen.apart()) {
                findings.add(
                        "the words of the prompt apart, as they stand in it",
                        "%d were joined, %d apart: %s"
                                .formatted(seen.joined(), seen.apart(), Shown.quoted(generation.text())));
            }
            begun += seen.begins() ? 1 : 0;
            joined += seen.beginsJoined() ? 1 : 0;
            first = first.or(() -> seen.beginsJoined() ? Optional.of(generation) : Optional.empty());
        }
        if (joined > 1 && joined == begun) {
            findings.add(
                    "a text that begins with the space or line end that is due",
                    "%d of %d texts begin with the next word at once, such as %s"
                            .formatted(
                                    joined,
                                    begun,
                                    Shown.quoted(first.map(Generation::text).orElse(""))));
        }
        int compared = compare(streamed, whole, findings);
        if (kept < LEAST_BOUNDARIES && compared == 0) {
            return findings.orInconclusive("the model went on with the words of no prompt, so no space was due");
        }
        return findings.orHeld("%d words apart as in their prompts%s"
                .formatted(kept, compared > 0 ? ", %d texts as without streaming".formatted(compared) : ""));
    }

    private static int compare(List<Generation> streamed, List<Generation> whole, Findings findings) {
        var agreement = new SelfAgreement(streamed, "stream", "stream_options");
        int compared = 0;
        for (Generation one : whole) {
            if (one.ended() && agreement.obstacle(one).isEmpty()) {
                compared++;
                Generation wanted = agreement.reference(one).orElseThrow();
                if (!wanted.text().equals(one.text())) {
                    findings.add(
                            "the streamed text to be the text that comes without streaming, %s"
                                    .formatted(Shown.quoted(one.text())),
                            "it was " + Shown.quoted(wanted.text()));
                }
            }
        }
        return compared;
    }

    /**
     * @param apart words of the prompt with white space between them
     * @param joined words of the prompt with nothing between them
     * @param begins whether the text begins with the word that is due after the prompt's last, with or without white
     *     space before it; an answer in a chat goes on with nothing
     */
    private record Boundaries(int apart, int joined, boolean begins, boolean beginsJoined) {
        static Boundaries of(Generation generation) {
            String prompt = generation.prompt();
            List<String> told = Arrays.stream(prompt.split("\\s+"))
                    .filter(w -> !w.isEmpty())
                    .toList();
            if (told.isEmpty()) {
                return new Boundaries(0, 0, false, false);
            }
            Set<String> words = new LinkedHashSet<>(told);
            String text = generation.text();
            int apart = 0;
            int joined = 0;
            boolean wordBefore = true;
            for (String chunk : (told.getLast() + text).split("\\s+")) {
                int parts = parts(chunk, words, new HashSet<>());
                apart += parts == 1 && wordBefore ? 1 : 0;
                joined += Math.max(0, parts - 1);
                wordBefore = parts > 0;
            }
            String head = text.strip();
            boolean begins =
                    !generation.isChat() && due(told).filter(head::startsWith).isPresent();
            boolean spaced = !text.isEmpty() && Character.isWhitespace(text.charAt(0));
            // The first chunk is the prompt's own last word.
            return new Boundaries(Math.max(0, apart - 1), joined, begins, begins && !spaced);
        }

        /** The word that stands after an earlier occurrence of the last one. */
        private static Optional<String> due(List<String> words) {
            int before = words.subList(0, words.size() - 1).lastIndexOf(words.getLast());
            return before < 0 ? Optional.empty() : Optional.of(words.get(before + 1));
        }

        /** Into how many words of the prompt a chunk falls apart; 0 where it does not. */
        private static int parts(String chunk, Set<String> words, Set<String> hopeless) {
            if (words.contains(chunk)) {
                return 1;
            }
            for (String word : words) {
                String rest = chunk.startsWith(word) ? chunk.substring(word.length()) : "";
                if (!rest.isEmpty() && !hopeless.contains(rest)) {
                    int more = parts(rest, words, hopeless);
                    if (more > 0) {
                        return more + 1;
                    }
                    hopeless.add(rest);
                }
            }
            return 0;
        }
    }
}
