package dev.touchstone.worker.model.tokenizer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Finds the texts of special tokens in a prompt. Immutable, thread-safe. */
final class SpecialTokens {
    private final List<Vocabulary.Special> longestFirst;

    SpecialTokens(List<Vocabulary.Special> longestFirst) {
        this.longestFirst = List.copyOf(longestFirst);
    }

    /** Cuts text at special tokens: each token in turn, the longest first, in what no longer one has taken. */
    List<Part> cut(String text, boolean parseSpecial) {
        List<Part> parts = List.of(new Raw(0, text.length()));
        for (Vocabulary.Special special : longestFirst) {
            // Most specials occur nowhere, and this search is much faster than walking the parts.
            if ((parseSpecial || special.always()) && text.contains(special.text())) {
                parts = cut(text, parts, special);
            }
        }
        return parts;
    }

    /**
     * Sets a mark after the first character of each special token's text, so that none is found there any more. Texts
     * that are tokens wherever they stand are left alone, and so is a token of one character, which cannot be parted.
     */
    String guard(String text) {
        BitSet marks = new BitSet();
        for (Vocabulary.Special special : longestFirst) {
            if (special.always()) {
                continue;
            }
            int first = Character.charCount(special.text().codePointAt(0));
            for (int at = text.indexOf(special.text()); at >= 0; at = text.indexOf(special.text(), at + 1)) {
                marks.set(at + first);
            }
        }
        StringBuilder out = new StringBuilder(text);
        for (int at = marks.length(); (at = marks.previousSetBit(at - 1)) >= 0; ) {
            out.insert(at, Tokenizer.GUARD);
        }
        return out.toString();
    }

    private static List<Part> cut(String text, List<Part> parts, Vocabulary.Special special) {
        List<Part> finer = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Raw raw) {
                cut(text, raw, special, finer);
            } else {
                finer.add(part);
            }
        }
        return finer;
    }

    private static void cut(String text, Raw raw, Vocabulary.Special special, List<Part> out) {
        int from = raw.from();
        int found = text.indexOf(special.text(), from, raw.to());
        while (found >= 0) {
            if (found > from) {
                out.add(new Raw(from, found));
            }
            out.add(new Token(special.id()));
            from = found + special.text().length();
            found = text.indexOf(special.text(), from, raw.to());
        }
        if (from < raw.to()) {
            out.add(new Raw(from, raw.to()));
        }
    }

    /** A stretch of the prompt. */
    sealed interface Part {}

    /** Ordinary text, as indices of UTF-16 units. */
    record Raw(int from, int to) implements Part {}

    record Token(int id) implements Part {}
}
