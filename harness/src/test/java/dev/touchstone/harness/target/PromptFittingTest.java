package dev.touchstone.harness.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

class PromptFittingTest {
    /** A word is a token, and a begin-of-text stands before the first. */
    private static final ToIntFunction<String> WORDS =
            text -> 1 + (int) text.chars().filter(c -> c == ' ' || c == '\n').count();
    /** A syllable of a rare script is three tokens. */
    private static final ToIntFunction<String> BYTES = text -> WORDS.applyAsInt(text)
            + 3 * (int) text.chars().filter(c -> c > 0x1000).count();

    private static Optional<SizedPrompt> fit(ToIntFunction<String> tokenizer, String head, int tokens, int unreadFrom)
            throws InterruptedException {
        return new PromptFitting(new PromptFitting.Counter() {
                    @Override
                    public Optional<Integer> count(String prompt) {
                        return Optional.of(tokenizer.applyAsInt(prompt));
                    }

                    @Override
                    public Optional<Integer> countUnread(String prompt) {
                        return Optional.of(tokenizer.applyAsInt(prompt)).filter(n -> n >= unreadFrom);
                    }
                })
                .fit(new PromptFitting.Frame(head, " So it\nends:"), tokens);
    }

    @Test
    void fitsAnySizeFromAFewTokensOn() throws InterruptedException {
        for (int tokens : new int[] {6, 20, 47, 508, 1000, 5000}) {
            SizedPrompt found = fit(WORDS, "Anna said so.", tokens, 0).orElseThrow();
            assertThat(WORDS.applyAsInt(found.prompt())).isEqualTo(tokens);
            assertThat(found.counted()).isTrue();
            assertThat(found.prompt())
                    .startsWith("Anna said so.")
                    .endsWith("ends:")
                    .hasSizeLessThanOrEqualTo(32_768);
        }
    }

    @Test
    void takesADenserTextWhereTheCharactersAreTooMany() throws InterruptedException {
        assertThat(fit(WORDS, "", 12_000, 0).orElseThrow().prompt())
                .contains(" a b c")
                .hasSizeLessThan(32_769);
        SizedPrompt dense = fit(BYTES, "", 60_000, 0).orElseThrow();
        assertThat(BYTES.applyAsInt(dense.prompt())).isEqualTo(60_000);
        assertThat(dense.prompt()).hasSizeLessThan(32_769);
    }

    @Test
    void goesOverTheLimitOfCharactersOnlyByTheWorkersCount() throws InterruptedException {
        assertThat(fit(WORDS, "", 40_000, 0).orElseThrow().prompt()).hasSizeGreaterThan(32_768);
        assertThat(fit(WORDS, "", 40_000, Integer.MAX_VALUE)).isEmpty();
    }

    @Test
    void trustsWhatShortPromptsToldWhereNoCountIsFree() throws InterruptedException {
        SizedPrompt found = fit(WORDS, "", 1000, Integer.MAX_VALUE).orElseThrow();
        assertThat(found.counted()).isFalse();
        assertThat(WORDS.applyAsInt(found.prompt())).isEqualTo(1000);
    }

    @Test
    void trustsThemMoreThanACountThatIsCutShort() throws InterruptedException {
        ToIntFunction<String> cut = text -> Math.min(514, WORDS.applyAsInt(text));
        SizedPrompt found = fit(cut, "", 1000, 0).orElseThrow();
        assertThat(found.counted()).isFalse();
        assertThat(WORDS.applyAsInt(found.prompt())).isEqualTo(1000);
    }

    @Test
    void correctsASmallError() throws InterruptedException {
        ToIntFunction<String> odd = text -> WORDS.applyAsInt(text) - (text.length() > 2000 ? 2 : 0);
        SizedPrompt found = fit(odd, "", 1000, 0).orElseThrow();
        assertThat(odd.applyAsInt(found.prompt())).isEqualTo(1000);
    }

    @Test
    void findsNothingWhereNothingIsCounted() throws InterruptedException {
        assertThat(new PromptFitting(new PromptFitting.Counter() {
                            @Override
                            public Optional<Integer> count(String prompt) {
                                return Optional.empty();
                            }

                            @Override
                            public Optional<Integer> countUnread(String prompt) {
                                return Optional.empty();
                            }
                        })
                        .fit(new PromptFitting.Frame("", ""), 100))
                .isEmpty();
    }
}
