package dev.touchstone.harness.transcript;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * One request and everything that came back, byte for byte with arrival times. Immutable.
 *
 * @param number running number within the scenario, from 1
 * @param label what the exchange was for, in a few words
 */
public record Exchange(
        int number, String label, RequestRecord request, Optional<ResponseHead> head, List<Chunk> chunks, BodyEnd end) {

    public Exchange {
        chunks = List.copyOf(chunks);
    }

    /** The response body's bytes, joined. */
    public byte[] body() {
        var joined = new ByteArrayOutputStream();
        chunks.forEach(chunk -> joined.writeBytes(chunk.bytes()));
        return joined.toByteArray();
    }

    /** The response body as UTF-8 text, for messages; malformed bytes show as U+FFFD. */
    public String bodyText() {
        return new String(body(), StandardCharsets.UTF_8);
    }

    /** The status, or 0 where no response came. */
    public int status() {
        return head.map(ResponseHead::status).orElse(0);
    }

    /** The chunk that delivered the byte at this offset of the body. */
    public Optional<Chunk> chunkAt(long byteOffset) {
        return chunks.stream()
                .filter(c -> c.offset() <= byteOffset && byteOffset < c.offset() + c.bytes().length)
                .findFirst();
    }
}
