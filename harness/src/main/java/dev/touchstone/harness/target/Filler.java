package dev.touchstone.harness.target;

/**
 * A text that is repeated to make prompts long. Each begins with a space and ends where a tokenizer ends a word, so that
 * every repetition adds the same number of tokens; the later ones have more tokens in fewer characters.
 */
enum Filler {
    SENTENCE(" The old clock in the hall struck nine, and two men by the gate spoke of the road to the north."),
    LETTERS(" a b c d e f g h k m n p r s t u v w x y z"),
    /** Yi syllables, rare enough that most vocabularies spell each by two or three tokens. */
    SYLLABLES(" \uA000\uA015\uA02A\uA03F\uA054\uA069\uA07E\uA093");

    private final String period;

    Filler(String period) {
        this.period = period;
    }

    String times(int times) {
        return period.repeat(times);
    }
}
