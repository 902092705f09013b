package dev.touchstone.harness.sse;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** One body in chunks; chunk n, from 0, arrives after 1000 + n nanoseconds with read n + 1. */
final class Splits {

    private Splits() {}

    static List<Chunk> everyByte(byte[] body) {
        int[] cuts = new int[body.length];
        Arrays.setAll(cuts, i -> i);
        return at(body, cuts);
    }

    /** Cuts at these offsets, in order. */
    static List<Chunk> at(byte[] body, int... cuts) {
        List<Chunk> chunks = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= cuts.length; i++) {
            int to = i < cuts.length ? cuts[i] : body.length;
            if (to > from) {
                int n = chunks.size();
                chunks.add(new Chunk(from, Arrays.copyOfRange(body, from, to), 1000 + n, n + 1));
                from = to;
            }
        }
        return chunks;
    }

    static List<Chunk> randomly(byte[] body, Random random) {
        int[] cuts = new int[body.length == 0 ? 0 : 1 + random.nextInt(8)];
        Arrays.setAll(cuts, i -> random.nextInt(body.length + 1));
        Arrays.sort(cuts);
        return at(body, cuts);
    }

    static SseStream read(List<Chunk> chunks) {
        var reader = new SseReader();
        chunks.forEach(reader::push);
        return reader.finish();
    }

    static Exchange exchange(List<Chunk> chunks) {
        return exchange(chunks, new BodyEnd.Complete(0));
    }

    static Exchange exchange(String body, BodyEnd end) {
        return exchange(at(body.getBytes(StandardCharsets.UTF_8)), end);
    }

    private static Exchange exchange(List<Chunk> chunks, BodyEnd end) {
        var request = new RequestRecord("POST", "http://worker.invalid/execute", List.of(), new byte[0], Instant.EPOCH);
        return new Exchange(1, "execute", request, Optional.empty(), chunks, end);
    }
}
