package dev.touchstone.harness.transcript;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a secret out of a body that came in pieces, also where it spans them: the mark stands in the piece in which
 * the secret began.
 */
final class RedactedChunks {

    private final byte[] secret;
    private final byte[] mark;

    RedactedChunks(String secret, String mark) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
        this.mark = mark.getBytes(StandardCharsets.UTF_8);
    }

    List<Chunk> of(List<Chunk> chunks) {
        var joined = new ByteArrayOutputStream();
        chunks.forEach(chunk -> joined.writeBytes(chunk.bytes()));
        byte[] body = joined.toByteArray();
        List<Integer> starts = starts(body);
        return starts.isEmpty() ? chunks : cut(chunks, body, starts);
    }

    byte[] of(byte[] body) {
        return of(List.of(new Chunk(0, body, 0, 0))).getFirst().bytes();
    }

    private List<Integer> starts(byte[] body) {
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i + secret.length <= body.length; i++) {
            if (body[i] == secret[0] && isAt(body, i)) {
                starts.add(i);
                i += secret.length - 1;
            }
        }
        return starts;
    }

    private boolean isAt(byte[] body, int at) {
        for (int i = 0; i < secret.length; i++) {
            if (body[at + i] != secret[i]) {
                return false;
            }
        }
        return true;
    }

    private List<Chunk> cut(List<Chunk> chunks, byte[] body, List<Integer> starts) {
        List<Chunk> result = new ArrayList<>();
        long offset = chunks.getFirst().offset();
        int position = 0;
        int next = 0;
        int skipTo = 0;
        for (Chunk chunk : chunks) {
            var kept = new ByteArrayOutputStream();
            for (int end = position + chunk.bytes().length; position < end; position++) {
                if (next < starts.size() && starts.get(next) == position) {
                    kept.writeBytes(mark);
                    skipTo = position + secret.length;
                    next++;
                } else if (position >= skipTo) {
                    kept.write(body[position]);
                }
            }
            result.add(new Chunk(offset, kept.toByteArray(), chunk.nanos(), chunk.read()));
            offset += kept.size();
        }
        return result;
    }
}
