package dev.touchstone.harness.check;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * UTF-8 that somebody took for a one-byte charset on the way.
 *
 * @param sample the run of characters that gives it away
 */
record Mojibake(String charset, String sample) {
    private static final Pattern WIDE = Pattern.compile("[^\\x00-\\x7F]{3,}");
    private static final List<Charset> SUSPECTS = List.of(StandardCharsets.ISO_8859_1, Charset.forName("windows-1252"));
    /** A text may be cut within its last character. */
    private static final int LONGEST_TAIL = 3;

    /** Finds a run whose characters, written as bytes of such a charset, are UTF-8 of three bytes or more. */
    static Optional<Mojibake> find(String text) {
        Matcher runs = WIDE.matcher(text);
        while (runs.find()) {
            String run = runs.group();
            for (Charset charset : SUSPECTS) {
                if (isUtf8In(charset, run)) {
                    return Optional.of(new Mojibake(charset.name(), run));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isUtf8In(Charset charset, String run) {
        for (int cut = 0; cut <= LONGEST_TAIL && run.length() - cut >= 3; cut++) {
            try {
                ByteBuffer bytes = charset.newEncoder().encode(CharBuffer.wrap(run, 0, run.length() - cut));
                StandardCharsets.UTF_8.newDecoder().decode(bytes);
                return true;
            } catch (CharacterCodingException notThisOne) {
                continue;
            }
        }
        return false;
    }
}
