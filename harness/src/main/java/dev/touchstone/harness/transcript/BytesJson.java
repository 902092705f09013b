package dev.touchstone.harness.transcript;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.json.MalformedEvidence;
import dev.touchstone.harness.json.StrictNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Bytes as a member of a JSON file: text where they are UTF-8, else base64; what is large is packed by gzip (RFC 1952). */
final class BytesJson {

    /** Over this many bytes nobody reads it as text, and a body made to exceed a limit packs well. */
    private static final int LARGE = 64 * 1024;

    private BytesJson() {}

    static ObjectNode write(byte[] bytes) {
        ObjectNode form = JsonNodeFactory.instance.objectNode();
        if (bytes.length > LARGE) {
            return form.put("gzip", Base64.getEncoder().encodeToString(packed(bytes)));
        }
        return utf8(bytes)
                .map(text -> form.put("text", text))
                .orElseGet(() -> form.put("base64", Base64.getEncoder().encodeToString(bytes)));
    }

    /** @throws MalformedEvidence where it is none of the three forms */
    static byte[] read(StrictNode form) {
        if (form.has("text")) {
            return form.text("text").getBytes(StandardCharsets.UTF_8);
        }
        return form.has("gzip") ? unpacked(form.where(), base64(form.get("gzip"))) : base64(form.get("base64"));
    }

    private static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static byte[] base64(StrictNode node) {
        String text = node.text();
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedEvidence(node.where() + " is not base64");
        }
    }

    private static byte[] packed(byte[] bytes) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] unpacked(String where, byte[] packed) {
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return gzip.readAllBytes();
        } catch (IOException e) {
            throw new MalformedEvidence(where + ".gzip cannot be unpacked");
        }
    }
}
