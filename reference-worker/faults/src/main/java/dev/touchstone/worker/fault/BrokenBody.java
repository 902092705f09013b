package dev.touchstone.worker.fault;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Bodies that are no text. */
public final class BrokenBody {

    private static final Pattern LONE = Pattern.compile(
            "\\\\u[dD][89abAB]..(?!\\\\u[dD][c-fC-F])" + "|(?<!\\\\u[dD][89abAB]..)\\\\u[dD][c-fC-F]..");

    private BrokenBody() {}

    /** Whether the bytes are not UTF-8, or an escape names half a surrogate pair. */
    public static boolean isNoText(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return LONE.matcher(text).find();
        } catch (CharacterCodingException e) {
            return true;
        }
    }
}
