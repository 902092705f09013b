package dev.touchstone.harness.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what somebody who mistyped a name may have meant. */
public final class NearMatches {

    private static final int MOST = 5;
    private static final int FARTHEST = 2;

    private NearMatches() {}

    /** The nearest names, at most five, nearest first. */
    public static List<String> of(String term, Iterable<String> names) {
        record Near(String name, int distance) {}
        String wanted = term.toUpperCase(Locale.ROOT);
        List<Near> near = new ArrayList<>();
        for (String name : names) {
            int distance = distance(wanted, name.toUpperCase(Locale.ROOT));
            if (distance <= Math.min(FARTHEST, Math.max(1, wanted.length() / 2))) {
                near.add(new Near(name, distance));
            }
        }
        near.sort(Comparator.comparingInt(Near::distance));
        return near.stream().limit(MOST).map(Near::name).toList();
    }

    /** Levenshtein's distance: how many characters must be put in, taken out or replaced. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
