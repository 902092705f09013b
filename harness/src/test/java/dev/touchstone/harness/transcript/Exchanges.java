package dev.touchstone.harness.transcript;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests and exchanges written out by hand. */
final class Exchanges {

    private Exchanges() {}

    static RequestRecord request(String method, String url, List<Map.Entry<String, String>> headers, byte[] body) {
        return new RequestRecord(method, url, headers, body, Instant.EPOCH);
    }

    static Exchange answered(RequestRecord request, ResponseHead head, byte[]... pieces) {
        List<Chunk> chunks = new ArrayList<>();
        long offset = 0;
        for (byte[] piece : pieces) {
            chunks.add(new Chunk(offset, piece, (chunks.size() + 1) * 1_500_000L, chunks.size() + 1));
            offset += piece.length;
        }
        return new Exchange(3, "execute", request, Optional.of(head), chunks, new BodyEnd.Complete(9_000_000));
    }
}
