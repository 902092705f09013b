package dev.touchstone.features.run;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** A long text, packed by gzip, since the memory must last for the evidence of a whole run. */
final class PackedText {

    private final byte[] gzip;

    PackedText(String text) {
        var out = new ByteArrayOutputStream();
        try (var packing = new GZIPOutputStream(out)) {
            packing.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        gzip = out.toByteArray();
    }

    /** The text as UTF-8. */
    InputStream open() throws IOException {
        return new GZIPInputStream(new ByteArrayInputStream(gzip));
    }
}
