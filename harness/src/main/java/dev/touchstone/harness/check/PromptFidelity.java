package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges TX-03: prompts of any text reach the model unchanged. Two JSON spellings of one prompt must give one result; a
 * prompt and a mangled copy of it must not always give one.
 */
public final class PromptFidelity {
    private static final String RULE = "TX-03";

    private PromptFidelity() {}

    /**
     * One prompt in the two spellings.
     *
     * @param raw with characters as UTF-8
     * @param again the same once more
     * @param escaped with every character beyond ASCII as a JSON escape
     */
    public record Spelling(String name, Generation raw, Generation again, Generation escaped) {}

    /** @param change such as {@code CRLF as LF} */
    public record Mangling(String change, Generation prompt, Generation mangled) {}

    public static Verdict judge(List<Spelling> spellings, List<Mangling> manglings) {
        var findings = new Findings(RULE);
        List<String> obstacles = new ArrayList<>();
        int same = 0;
        for (Spelling spelling : spellings) {
            Optional<String> obstacle = spelling(spelling, findings);
            obstacle.ifPresent(obstacles::add);
            same += obstacle.isEmpty() ? 1 : 0;
        }
        Map<String, List<Mangling>> byChange = new LinkedHashMap<>();
        manglings.forEach(m ->
                byChange.computeIfAbsent(m.change(), _ -> new ArrayList<>()).add(m));
        byChange.forEach((change, all) -> mangling(change, all, findings));
        if (same == 0 || 2 * same < spellings.size()) {
            return findings.orInconclusive(obstacles.isEmpty() ? "no prompt was tried" : obstacles.getFirst());
        }
        return findings.orHeld("%d prompts, each the same in both spellings; told apart: %s"
                .formatted(same, String.join(", ", byChange.keySet())));
    }

    private static Optional<String> spelling(Spelling spelling, Findings findings) {
        for (Generation one : List.of(spelling.raw(), spelling.escaped())) {
            if (!one.ended() && !one.busy()) {
                findings.add(
                        "the prompt of %s to be accepted".formatted(spelling.name()), "there was " + one.outcome());
                return Optional.of("a prompt was not accepted");
            }
        }
        List<Generation> plain = List.of(spelling.raw(), spelling.again());
        Optional<String> obstacle = new SelfAgreement(plain).obstacle(spelling.raw());
        // A text of no token still tells how many tokens the prompt had.
        boolean countable = spelling.raw().tokensIn().isPresent();
        if (obstacle.isPresent() && !countable) {
            return obstacle;
        }
        if (!spelling.raw().tokensIn().equals(spelling.escaped().tokensIn())) {
            findings.add(
                    "%s prompt tokens for %s, as in UTF-8".formatted(tokensIn(spelling.raw()), spelling.name()),
                    "spelled with JSON escapes there were " + tokensIn(spelling.escaped()));
        } else if (obstacle.isEmpty()) {
            SameText.compare(
                            spelling.raw(),
                            spelling.escaped(),
                            "the prompt of " + spelling.name() + " spelled with JSON escapes",
                            "the same prompt in UTF-8")
                    .ifPresent(findings::add);
        }
        return Optional.empty();
    }

    private static void mangling(String change, List<Mangling> all, Findings findings) {
        List<Mangling> fit = all.stream()
                .filter(m -> m.prompt().ended() && m.mangled().ended())
                .toList();
        boolean indistinct = fit.stream()
                .allMatch(m -> m.prompt().tokensIn().equals(m.mangled().tokensIn())
                        && m.prompt().text().equals(m.mangled().text()));
        // One prompt alone may lead to one text by chance, unless the worker counts its tokens.
        boolean enough = fit.size() > 1
                || fit.stream().anyMatch(m -> m.prompt().tokensIn().isPresent());
        if (!fit.isEmpty() && enough && indistinct) {
            findings.add(
                    "a prompt with %s to differ from the true one".formatted(change),
                    "%d of %d such prompts gave the same token count and text, such as %s"
                            .formatted(
                                    fit.size(),
                                    fit.size(),
                                    Shown.quoted(fit.getFirst().prompt().text())));
        }
    }

    private static String tokensIn(Generation generation) {
        return generation.tokensIn().map(String::valueOf).orElse("untold");
    }
}
