package dev.touchstone.harness.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What tests say about verdicts. */
final class Verdicts {
    private Verdicts() {}

    static void held(Verdict verdict, String... words) {
        assertThat(verdict).isInstanceOf(Verdict.Held.class);
        says(verdict.summary(), words);
    }

    static void inconclusive(Verdict verdict, String... words) {
        assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
        says(verdict.summary(), words);
    }

    static void broken(Verdict verdict, String rule, String... words) {
        assertThat(verdict).isInstanceOf(Verdict.Broken.class);
        assertThat(verdict.rule()).isEqualTo(rule);
        assertThat(((Verdict.Broken) verdict).findings())
                .extracting(f -> f.expected() + " | " + f.actual())
                .anySatisfy(text -> says(text, words));
    }

    /** A number at the head of these words is the whole number: {@code 1 texts} is not said by {@code -1 texts}. */
    private static void says(String text, String... words) {
        for (String word : words) {
            if (!word.isEmpty() && Character.isDigit(word.charAt(0))) {
                assertThat(text).containsPattern("(?<![-.\\d])" + Pattern.quote(word));
            } else {
                assertThat(text).contains(word);
            }
        }
    }

    static void brokenAt(long offset, Verdict verdict, String rule, String... words) {
        broken(verdict, rule, words);
        assertThat(((Verdict.Broken) verdict).findings())
                .extracting(Finding::byteOffset)
                .contains(OptionalLong.of(offset));
    }
}
