package dev.touchstone.harness.transcript;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

    /**
     * The same exchange with less of its body: of one that takes more than {@code most} bytes of memory only the
     * beginning and the end are kept, which leaves a gap in the offsets of its chunks. For evidence; nothing may be
     * judged by it.
     */
    public Exchange shortened(long most) {
        if (chunks.stream().mapToLong(Chunk::weight).sum() <= most) {
            return this;
        }
        List<Chunk> kept = new ArrayList<>(firstOf(chunks, most / 4 * 3));
        List<Chunk> rest = chunks.subList(kept.size(), chunks.size());
        kept.addAll(firstOf(rest.reversed(), most / 4).reversed());
        return new Exchange(number, label, request, head, kept, end);
    }

    private static List<Chunk> firstOf(List<Chunk> chunks, long most) {
        int count = 0;
        long weight = 0;
        while (count < chunks.size() && weight + chunks.get(count).weight() <= most) {
            weight += chunks.get(count).weight();
            count++;
        }
        return chunks.subList(0, count);
    }

    /** The chunk that delivered the byte at this offset of the body. */
    public Optional<Chunk> chunkAt(long byteOffset) {
        return chunks.stream()
                .filter(c -> c.offset() <= byteOffset && byteOffset < c.offset() + c.bytes().length)
                .findFirst();
    }
}
