package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Judges TX-02: tokens that complete no character are counted, and bytes still pending at the end come as one U+FFFD.
 *
 * <p>Looks at one prompt with max_tokens 1, 2, 3 and so on. Where a token adds nothing to the text and the next
 * character that comes is beyond ASCII, that token began the character, so its bytes were pending when the limit cut
 * them. The first token is left out of that: some detokenizers know a leading space that shows as nothing.
 */
public final class TokenAccount {
    private static final String RULE = "TX-02";
    private static final String REPLACEMENT = "\uFFFD";

    private final Findings findings = new Findings(RULE);
    private final Map<Integer, Generation> byLimit = new TreeMap<>();
    private final String whole;
    private int pending;
    private int counted;

    private TokenAccount(List<Generation> swept, String whole) {
        swept.forEach(g -> g.maxTokens().ifPresent(n -> byLimit.put(n, g)));
        this.whole = whole;
    }

    /**
     * @param plain runs of the longest request, at least two
     * @param swept the same request with each smaller max_tokens from 1 on
     */
    public static Verdict judge(List<Generation> plain, List<Generation> swept) {
        Optional<Generation> cut = plain.stream().filter(Generation::wasCut).findFirst();
        if (cut.isPresent()) {
            return new Findings(RULE)
                    .add(
                            "a text for max_tokens = %s"
                                    .formatted(cut.get()
                                            .maxTokens()
                                            .map(String::valueOf)
                                            .orElse("untold")),
                            "there was " + cut.get().outcome())
                    .broken();
        }
        Optional<String> obstacle =
                plain.isEmpty() ? Optional.of("no text came") : new SelfAgreement(plain).obstacle(plain.getFirst());
        if (obstacle.isPresent()) {
            return new Verdict.Inconclusive(RULE, obstacle.get());
        }
        List<Generation> all = new ArrayList<>(swept);
        all.add(plain.getFirst());
        return new TokenAccount(all, stripped(plain.getFirst().text())).judge();
    }

    private Verdict judge() {
        Optional<String> odd = Optional.empty();
        for (Map.Entry<Integer, Generation> one : byLimit.entrySet()) {
            Generation generation = one.getValue();
            if (!generation.ended()) {
                findings.add("a text for max_tokens = %d".formatted(one.getKey()), "there was " + generation.outcome());
                continue;
            }
            counts(one.getKey(), generation);
            if (!whole.startsWith(stripped(generation.text()))) {
                odd = Optional.of("the text for %d tokens does not begin the text for more (DT-08): %s"
                        .formatted(one.getKey(), Shown.quoted(generation.text())));
            } else {
                flush(one.getKey(), generation);
            }
        }
        if (odd.isPresent()) {
            return findings.orInconclusive(odd.get());
        }
        boolean untold = byLimit.values().stream().noneMatch(Generation::countsTokens);
        if (findings.none() && untold) {
            return new Verdict.Unsupported(RULE, "the worker does not tell how many tokens it generated (usage)");
        }
        if (pending == 0 || counted == 0) {
            return findings.orInconclusive(
                    "of %d cuts none fell within a character, %d were counted".formatted(byLimit.size(), counted));
        }
        return findings.orHeld("%d cuts, %d of them within a character; every token counted, no byte dropped"
                .formatted(byLimit.size(), pending));
    }

    private void counts(int limit, Generation generation) {
        if (generation.endedByModel()) {
            return;
        }
        if (generation.countsTokens()) {
            counted++;
        }
        String told = generation.tokensOut().map(String::valueOf).orElse("absent");
        if (generation.isOpenAi()) {
            if (generation.countsTokens() && !told.equals(String.valueOf(limit))) {
                findings.add("usage.completion_tokens %d".formatted(limit), "it was " + told);
            }
            return;
        }
        String highest = generation.tokens().stream()
                .flatMap(t -> t.i().stream())
                .reduce(BigInteger::max)
                .map(i -> i.add(BigInteger.ONE).toString())
                .orElse("absent");
        if (!told.equals(String.valueOf(limit)) || !highest.equals(told)) {
            findings.add(
                    "tokens_out and the highest i + 1 to be max_tokens = %d".formatted(limit),
                    "tokens_out was %s, the highest i + 1 %s".formatted(told, highest));
        }
    }

    private void flush(int limit, Generation generation) {
        Generation before = byLimit.get(limit - 1);
        String text = stripped(generation.text());
        boolean addsNothing =
                before != null && before.ended() && stripped(before.text()).equals(text) && !generation.endedByModel();
        boolean nextIsWide = text.length() < whole.length() && whole.codePointAt(text.length()) > 0x7F;
        int replacements = generation.text().length() - text.length();
        if (replacements > 1) {
            findings.add(
                    "one U+FFFD for the bytes pending after %d tokens".formatted(limit),
                    "there were %d: %s".formatted(replacements, Shown.quoted(generation.text())));
        } else if (addsNothing && nextIsWide && replacements == 0) {
            findings.add(
                    "U+FFFD for the bytes of %s that token %d left pending"
                            .formatted(Shown.quoted(Character.toString(whole.codePointAt(text.length()))), limit - 1),
                    "they were dropped: the text was " + Shown.quoted(generation.text()));
        }
        pending += replacements == 1 ? 1 : 0;
    }

    private static String stripped(String text) {
        int end = text.length();
        while (end > 0 && text.startsWith(REPLACEMENT, end - 1)) {
            end--;
        }
        return text.substring(0, end);
    }

    /** Whether a text shows that its characters take several tokens each. */
    public static boolean spansTokens(Generation generation) {
        long wide = generation.text().codePoints().filter(c -> c > 0x7F).count();
        long characters = generation.text().codePoints().count();
        return wide > 0 && generation.tokenCount() > characters;
    }
}
