package dev.touchstone.worker.model.tokenizer;

import java.util.function.IntPredicate;

/** The alternatives that the splitters share. Each answers where its match from {@code from} on ends, or {@code from}. */
final class SplitterRules {
    private static final String[] CONTRACTIONS = {"s", "t", "re", "ve", "m", "ll", "d"};

    private SplitterRules() {}

    static int run(int[] text, int from, int end, IntPredicate kind) {
        int at = from;
        while (at < end && kind.test(text[at])) {
            at++;
        }
        return at;
    }

    /** {@code 's|'t|'re|'ve|'m|'ll|'d}, of either case when asked. */
    static int contraction(int[] text, int from, int end, boolean anyCase) {
        if (text[from] != '\'') {
            return from;
        }
        for (String tail : CONTRACTIONS) {
            if (matches(text, from + 1, end, tail, anyCase)) {
                return from + 1 + tail.length();
            }
        }
        return from;
    }

    private static boolean matches(int[] text, int from, int end, String lower, boolean anyCase) {
        if (end - from < lower.length()) {
            return false;
        }
        for (int i = 0; i < lower.length(); i++) {
            int c = text[from + i];
            boolean upper = anyCase && c >= 'A' && c <= 'Z';
            if ((upper ? c + 32 : c) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** {@code " ?kind+"}. */
    static int spaced(int[] text, int from, int end, IntPredicate kind) {
        int start = text[from] == ' ' ? from + 1 : from;
        int stop = run(text, start, end, kind);
        return stop > start ? stop : from;
    }

    /** {@code \s+(?!\S)|\s+}: all whitespace but the last, which stays with the word after it. */
    static int whitespace(int[] text, int from, int end) {
        int stop = run(text, from, end, Splitter::space);
        return stop < end && stop - from > 1 ? stop - 1 : stop;
    }
}
