package dev.touchstone.worker.model.tokenizer;

/**
 * Cuts text into the pieces that merges never cross. Written by hand instead of as a regular expression, so that the
 * stack stays flat and the time linear on any text.
 */
@FunctionalInterface
interface Splitter {

    /** Where the piece that begins at {@code from} ends; {@code from < next <= end}, and text past the end is not seen. */
    int next(int[] text, int from, int end);

    static boolean letter(int c) {
        return Character.isLetter(c);
    }

    /** Unicode's category N, which is wider than {@link Character#isDigit(int)}. */
    static boolean number(int c) {
        return switch (Character.getType(c)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> false;
        };
    }

    /** Unicode's White_Space property, which Java's own predicates do not follow. */
    static boolean space(int c) {
        return c >= 0x09 && c <= 0x0D
                || c == 0x20
                || c == 0x85
                || c == 0xA0
                || c == 0x1680
                || c >= 0x2000 && c <= 0x200A
                || c == 0x2028
                || c == 0x2029
                || c == 0x202F
                || c == 0x205F
                || c == 0x3000;
    }

    static boolean newline(int c) {
        return c == '\r' || c == '\n';
    }

    static boolean symbol(int c) {
        return !space(c) && !letter(c) && !number(c);
    }
}
