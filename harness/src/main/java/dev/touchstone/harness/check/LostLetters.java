package dev.touchstone.harness.check;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Finds words of a prompt that a text repeats with question marks in place of letters: what an encoder that knows no
 * UTF-8, or gets the halves of a character, makes of them. Only words of letters within ASCII and beyond are telling.
 */
final class LostLetters {
    private static final int LEAST_KEPT = 3;
    private static final int LEAST_LOST = 2;

    private LostLetters() {}

    /** The first such word as it stands in the text. */
    static Optional<String> find(String prompt, String text) {
        if (prompt.indexOf('?') >= 0 || text.indexOf('?') < 0) {
            return Optional.empty();
        }
        return Arrays.stream(prompt.split("\\s+"))
                .distinct()
                .filter(LostLetters::isTelling)
                .flatMap(word -> pattern(word).matcher(text).results())
                .filter(found -> lost(found) >= LEAST_LOST)
                .map(MatchResult::group)
                .findFirst();
    }

    private static long lost(MatchResult found) {
        return IntStream.rangeClosed(1, found.groupCount())
                .filter(group -> found.start(group) >= 0)
                .count();
    }

    private static boolean isTelling(String word) {
        long kept = word.codePoints()
                .filter(c -> c <= 0x7F && Character.isLetter(c))
                .count();
        long wide = word.codePoints().filter(c -> c > 0x7F).count();
        return kept >= LEAST_KEPT && wide >= LEAST_LOST;
    }

    /** The word, each letter beyond ASCII whole or as one question mark, or one for each of its bytes, in a group. */
    private static Pattern pattern(String word) {
        var pattern = new StringBuilder();
        word.codePoints().mapToObj(Character::toString).forEach(c -> {
            int bytes = c.getBytes(StandardCharsets.UTF_8).length;
            pattern.append(bytes == 1 ? Pattern.quote(c) : "(?:%s|(\\?{%d}|\\?))".formatted(Pattern.quote(c), bytes));
        });
        return Pattern.compile(pattern.toString());
    }
}
