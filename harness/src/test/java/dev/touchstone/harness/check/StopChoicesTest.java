package dev.touchstone.harness.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.check.StopChoices.Choice;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which sequences are cut out of a text, to the character. */
class StopChoicesTest {
    private static final String NEVER = "\u00A4\u2021\u00A4";

    private static List<Choice> of(String... tokens) {
        return StopChoices.of(Prompted.by("p").gives(tokens));
    }

    private static List<String> apart(String... tokens) {
        return StopChoices.apart(Prompted.by("p").gives(tokens));
    }

    @Test
    void takesOfEachKindTheLatestInTheFirstTwoThirds() {
        assertThat(of("abc", "d", "ef", "g"))
                .containsExactly(
                        new Choice("within one token", "b"),
                        new Choice("one whole token", "ef"),
                        new Choice("two whole tokens", "efg"),
                        new Choice("from inside a token into the next", "bcd"),
                        new Choice("from inside a token over three", "bcdef"),
                        new Choice("almost: two whole tokens", "efg" + NEVER),
                        new Choice("almost: the end of the text", "efg" + NEVER));
    }

    @Test
    void takesACharacterBeyondAsciiAndNoControlCharacterOrAsciiForOne() {
        assertThat(of("ab", "é", "\u007f", "cdefgh")).contains(new Choice("characters beyond ASCII", "é"));
        assertThat(of("ab", "cd")).extracting(Choice::kind).doesNotContain("characters beyond ASCII");
    }

    @Test
    void namesNoSequenceTwice() {
        assertThat(of("a", "é"))
                .containsExactly(
                        new Choice("one whole token", "é"),
                        new Choice("two whole tokens", "aé"),
                        new Choice("almost: two whole tokens", "aé" + NEVER),
                        new Choice("almost: the end of the text", "aé" + NEVER));
    }

    @Test
    void takesTheLastThreeCharactersForTheEndOfALongerText() {
        assertThat(of("abc")).contains(new Choice("almost: the end of the text", "abc" + NEVER));
        assertThat(of("abcd")).contains(new Choice("almost: the end of the text", "bcd" + NEVER));
    }

    @Test
    void takesSequencesOfUpTo48Characters() {
        String longest = "x".repeat(48);
        assertThat(of(longest, "yz")).contains(new Choice("one whole token", longest));
        assertThat(of(longest + "x", "yz")).contains(new Choice("one whole token", "yz"));
        assertThat(of("x".repeat(30), "ab", "c".repeat(14))).contains(new Choice("one whole token", "ab"));
    }

    @Test
    void takesNoWhiteSpaceAloneAndNothingThatACutCharacterLeft() {
        assertThat(of("a", "  ")).extracting(Choice::stop).contains("a").doesNotContain("  ");
        assertThat(of("\uFFFDb", "a")).extracting(Choice::stop).containsExactly("a", "ba");
        assertThat(of("b\uFFFD", "a", "c")).extracting(Choice::stop).noneMatch(stop -> stop.contains("\uFFFD"));
    }

    @Test
    void findsALaterSequenceWhereOneLies() {
        assertThat(apart("ab", "c", "def")).containsExactly("bc", "ef");
        assertThat(apart("ab", "c", "-     x")).containsExactly("bc", "     x");
        assertThat(apart("ab", "c", "-      x")).hasSize(1);
        assertThat(apart("ab", "c", "xxx")).containsExactly("bc", "xx");
    }

    @Test
    void findsOnlyOneWhereTheTextHasNoRoomForTwo() {
        assertThat(apart("ab")).containsExactly("ab");
        assertThat(apart("abcdefghijkl")).containsExactly("bcdefghijk");
    }
}
