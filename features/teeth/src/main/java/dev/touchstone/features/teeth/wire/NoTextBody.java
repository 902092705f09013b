package dev.touchstone.features.teeth.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Bodies that are no text. */
final class NoTextBody {

    private static final Pattern LONE = Pattern.compile(
            "\\\\u[dD][89abAB]..(?!\\\\u[dD][c-fC-F])" + "|(?<!\\\\u[dD][89abAB]..)\\\\u[dD][c-fC-F]..");

    private NoTextBody() {}

    /** Whether the bytes are not UTF-8, or an escape names half a surrogate pair. */
    static boolean is(byte[] body) {
        try {
            return LONE.matcher(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)))
                    .find();
        } catch (CharacterCodingException e) {
            return true;
        }
    }
}
