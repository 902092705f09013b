package dev.touchstone.harness.sse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.Chunk;
import java.util.List;

/** Holds a reading against {@link StandardModel}. */
final class StandardAssert {

    private StandardAssert() {}

    /** The same events, offsets and comments; each event's time and read are those of the chunk that completed it. */
    static void assertReadByTheStandard(StandardModel model, List<Chunk> chunks) {
        SseStream read = Splits.read(chunks);
        assertThat(read.events())
                .isEqualTo(model.events().stream().map(e -> expected(e, chunks)).toList());
        assertThat(read.comments()).isEqualTo(model.comments());
        assertThat(read.findings().stream()
                        .filter(f -> f.rule() == SseRule.INVALID_UTF8)
                        .map(SseFinding::byteOffset))
                .isEqualTo(model.malformed().stream().limit(100).toList());
    }

    private static SseEvent expected(StandardModel.Event event, List<Chunk> chunks) {
        Chunk bearer = bearer(event.dispatched(), chunks);
        return new SseEvent(
                event.type(), event.data(), event.id(), event.start(), event.end(), bearer.nanos(), bearer.read());
    }

    /** The last chunk that begins at or before this byte. */
    private static Chunk bearer(long offset, List<Chunk> chunks) {
        int low = 0;
        int high = chunks.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (chunks.get(middle).offset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return chunks.get(low);
    }
}
