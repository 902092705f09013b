package dev.touchstone.worker.model.gguf;

import java.io.IOException;
import java.nio.file.Path;

/** Thrown when a model file cannot be used. The message is one sentence: the file, what was wrong, what is accepted. */
public final class GgufException extends IOException {
    private static final int LONGEST_QUOTE = 60;

    /** Makes the message {@code file: sentence}. */
    GgufException(Path file, String sentence) {
        super(file + ": " + sentence);
    }

    /** Makes the message from a whole sentence, for metadata that is judged apart from its file. */
    public GgufException(String sentence) {
        super(sentence);
    }

    /** Quotes a text that came from the file, shortened and without control characters, so that it is safe in a log. */
    public static String quote(String text) {
        StringBuilder quoted = new StringBuilder("'");
        text.codePoints()
                .limit(LONGEST_QUOTE)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '?' : c)
                .forEach(quoted::appendCodePoint);
        if (text.codePointCount(0, text.length()) > LONGEST_QUOTE) {
            quoted.append('…');
        }
        return quoted.append('\'').toString();
    }
}
