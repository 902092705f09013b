package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The body of an answer that was compressed by gzip (RFC 1952, one member without optional fields, as servers write it)
 * because the client asked for that, as it became readable: each piece at the moment at which its last byte came.
 */
final class Uncompressed {

    private static final int HEADER = 10;
    /** The flags say which optional fields follow the header. */
    private static final int FLAGS_AT = 3;

    private Uncompressed() {}

    /** The same exchange where it is not compressed, or nobody asked for that. */
    static Exchange of(Exchange exchange) {
        boolean asked = exchange.request().headers().stream()
                .anyMatch(h -> h.getKey().equalsIgnoreCase("Accept-Encoding")
                        && h.getValue().toLowerCase(Locale.ROOT).contains("gzip"));
        boolean gzip = exchange.head()
                .flatMap(h -> h.header("Content-Encoding"))
                .filter(e -> e.strip().equalsIgnoreCase("gzip"))
                .isPresent();
        return asked && gzip
                ? new Exchange(
                        exchange.number(),
                        exchange.label(),
                        exchange.request(),
                        exchange.head(),
                        inflated(exchange.chunks()),
                        exchange.end())
                : exchange;
    }

    /** What is not gzip gives nothing, from there on. */
    private static List<Chunk> inflated(List<Chunk> chunks) {
        List<Chunk> plain = new ArrayList<>();
        var header = new ByteArrayOutputStream();
        long offset = 0;
        try (var inflater = new Inflater(true)) {
            for (Chunk chunk : chunks) {
                int skipped = Math.min(HEADER - header.size(), chunk.bytes().length);
                header.write(chunk.bytes(), 0, skipped);
                if (header.size() == HEADER && header.toByteArray()[FLAGS_AT] != 0) {
                    return plain;
                }
                inflater.setInput(chunk.bytes(), skipped, chunk.bytes().length - skipped);
                byte[] text = drain(inflater);
                if (text.length > 0) {
                    plain.add(new Chunk(offset, text, chunk.nanos(), chunk.read()));
                    offset += text.length;
                }
            }
        } catch (DataFormatException broken) {
            return plain;
        }
        return plain;
    }

    private static byte[] drain(Inflater inflater) throws DataFormatException {
        var out = new ByteArrayOutputStream();
        byte[] part = new byte[4096];
        for (int n = inflater.inflate(part); n > 0; n = inflater.inflate(part)) {
            out.write(part, 0, n);
        }
        return out.toByteArray();
    }
}
