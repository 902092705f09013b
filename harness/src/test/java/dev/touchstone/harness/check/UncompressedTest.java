package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.CONFORMING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

final class UncompressedTest {

    /** Each frame flushed by itself, one a millisecond, one byte a chunk but for the last. */
    private static List<Chunk> gzip(boolean flushed) throws IOException {
        List<Chunk> chunks = new ArrayList<>();
        var out = new ByteArrayOutputStream();
        long offset = 0;
        int n = 0;
        try (var gzip = new GZIPOutputStream(out, 512, true)) {
            for (String frame : CONFORMING.split("(?<=\n\n)")) {
                gzip.write(frame.getBytes(StandardCharsets.UTF_8));
                if (flushed) {
                    gzip.flush();
                }
                n++;
                for (byte one : out.toByteArray()) {
                    chunks.add(new Chunk(offset++, new byte[] {one}, n * 1_000_000L, n));
                }
                out.reset();
            }
        }
        chunks.add(new Chunk(offset, out.toByteArray(), ++n * 1_000_000L, n));
        return chunks;
    }

    private static Exchange exchange(String accepted, String encoding, List<Chunk> chunks) {
        Exchange base = Literal.exchange(
                200,
                Map.of("Content-Type", "text/event-stream", "Content-Encoding", encoding),
                Literal.REQUEST,
                "",
                new BodyEnd.Complete(9_000_000));
        RequestRecord request = base.request();
        return new Exchange(
                1,
                "generate",
                new RequestRecord(
                        request.method(),
                        request.url(),
                        List.of(Map.entry("accept-encoding", accepted)),
                        request.body(),
                        request.sentAt()),
                base.head(),
                chunks,
                base.end());
    }

    @Test
    void readsWhatWasCompressedOnDemandAsItCame() throws IOException {
        Generation generation = Generation.of(exchange("gzip", "gzip", gzip(true)));
        assertThat(generation.text()).isEqualTo("a b");
        assertThat(generation.tokens()).extracting(t -> t.event().nanos()).containsExactly(2_000_000L, 3_000_000L);
        assertThat(generation.ended()).isTrue();
    }

    @Test
    void seesThatACompressorKeptAllToTheEnd() throws IOException {
        Generation generation = Generation.of(exchange("gzip", "gzip", gzip(false)));
        assertThat(generation.tokens()).extracting(t -> t.event().nanos()).containsExactly(5_000_000L, 5_000_000L);
    }

    @Test
    void leavesAloneWhatNobodyAskedToCompressOrIsNotCompressed() throws IOException {
        Exchange unasked = exchange("identity", "gzip", gzip(true));
        assertThat(Uncompressed.of(unasked)).isSameAs(unasked);
        Exchange plain = exchange("gzip", "identity", gzip(true));
        assertThat(Uncompressed.of(plain)).isSameAs(plain);
    }

    @Test
    void givesNothingForWhatIsNoGzip() {
        byte[] junk = "this is no gzip at all, whatever it says".getBytes(StandardCharsets.UTF_8);
        Exchange broken = exchange("gzip", "gzip", List.of(new Chunk(0, junk, 1, 1)));
        assertThat(Uncompressed.of(broken).chunks()).isEmpty();
    }
}
