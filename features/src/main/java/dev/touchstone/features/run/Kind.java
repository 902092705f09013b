package dev.touchstone.features.run;

import dev.touchstone.harness.verdict.Verdict;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The six verdicts without their details, from best to worst. */
enum Kind {
    HELD("✓", "held"),
    OBSERVED("·", "observed"),
    UNSUPPORTED("–", "unsupported"),
    INCONCLUSIVE("?", "inconclusive"),
    BROKEN("✗", "BROKEN"),
    KIT_ERROR("!", "KIT ERROR");

    private final String sign;
    private final String word;

    Kind(String sign, String word) {
        this.sign = sign;
        this.word = word;
    }

    static Kind of(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Held _ -> HELD;
            case Verdict.Observed _ -> OBSERVED;
            case Verdict.Unsupported _ -> UNSUPPORTED;
            case Verdict.Inconclusive _ -> INCONCLUSIVE;
            case Verdict.Broken _ -> BROKEN;
            case Verdict.KitError _ -> KIT_ERROR;
        };
    }

    /** The kind of that name in the result schema. */
    static Optional<Kind> ofKey(String key) {
        return Arrays.stream(values()).filter(kind -> kind.key().equals(key)).findFirst();
    }

    /** The worst of them; an empty collection is a kit error, since nothing was judged. */
    static Kind worst(Collection<Kind> kinds) {
        return kinds.stream().max(Comparator.naturalOrder()).orElse(KIT_ERROR);
    }

    String sign() {
        return sign;
    }

    String word() {
        return word;
    }

    /** The word of the result schema. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
