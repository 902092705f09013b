package dev.touchstone.harness.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.OptionalLong;

/** What tests say about verdicts. */
final class Verdicts {
    private Verdicts() {}

    static void held(Verdict verdict, String... words) {
        assertThat(verdict).isInstanceOf(Verdict.Held.class);
        assertThat(List.of(words))
                .allSatisfy(word -> assertThat(verdict.summary()).contains(word));
    }

    static void inconclusive(Verdict verdict, String... words) {
        assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
        assertThat(verdict.summary()).contains(words);
    }

    static void broken(Verdict verdict, String rule, String... words) {
        assertThat(verdict).isInstanceOf(Verdict.Broken.class);
        assertThat(verdict.rule()).isEqualTo(rule);
        assertThat(((Verdict.Broken) verdict).findings())
                .extracting(f -> f.expected() + " | " + f.actual())
                .anySatisfy(text -> assertThat(text).contains(words));
    }

    static void brokenAt(long offset, Verdict verdict, String rule, String... words) {
        broken(verdict, rule, words);
        assertThat(((Verdict.Broken) verdict).findings())
                .extracting(Finding::byteOffset)
                .contains(OptionalLong.of(offset));
    }
}
