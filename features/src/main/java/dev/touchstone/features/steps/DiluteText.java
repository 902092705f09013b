package dev.touchstone.features.steps;

import java.util.List;
import java.util.Optional;

/**
 * A text of many characters and few tokens.
 *
 * @param period what is repeated
 * @param base tokens that there are whatever its length
 * @param each tokens that a repetition adds; 0 where the worker tells nothing
 */
record DiluteText(String period, int base, double each) {

    /** Where tokens are counted. */
    @FunctionalInterface
    interface Counter {
        Optional<Integer> count(String text) throws InterruptedException;
    }

    /** Of these periods the one with the most characters in a token, by the worker's counts of short texts. */
    static DiluteText best(List<String> periods, int times, Counter counter) throws InterruptedException {
        var best = new DiluteText(periods.getFirst(), 0, 0);
        for (String period : periods) {
            Optional<Integer> few = counter.count(period.repeat(times));
            Optional<Integer> more = counter.count(period.repeat(2 * times));
            if (few.isPresent() && more.isPresent() && more.get() > few.get()) {
                var seen =
                        new DiluteText(period, 2 * few.get() - more.get(), (more.get() - few.get()) / (double) times);
                if (best.each() <= 0 || seen.perCharacter() < best.perCharacter()) {
                    best = seen;
                }
            }
        }
        return best;
    }

    private double perCharacter() {
        return each / period.length();
    }

    /** About how many tokens that many characters of it have, where that is known. */
    Optional<Integer> tokens(int characters) {
        return each > 0 ? Optional.of(base + (int) Math.round(characters * perCharacter())) : Optional.empty();
    }

    String of(int characters) {
        return period.repeat(characters / period.length() + 1).substring(0, characters);
    }
}
