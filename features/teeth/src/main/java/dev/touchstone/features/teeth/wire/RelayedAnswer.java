package dev.touchstone.features.teeth.wire;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** Passes one answer on as it comes, each piece as it was read. */
final class RelayedAnswer {

    private RelayedAnswer() {}

    /**
     * @return whether the worker closes the connection after this answer
     * @throws IOException when the worker or the client breaks off or ends before the answer does
     */
    static boolean relay(Side worker, Side client, String method) throws IOException {
        var parser = new AnswerParser(method);
        var unused = new ByteArrayOutputStream();
        while (!parser.isDone()) {
            Optional<byte[]> piece = worker.inflow().take();
            if (piece.isEmpty()) {
                if (parser.endsWithConnection()) {
                    return true;
                }
                throw new EOFException("the worker closed its connection before its answer was over");
            }
            int end = parser.consume(piece.get(), unused);
            unused.reset();
            worker.inflow().putBack(Arrays.copyOfRange(piece.get(), end, piece.get().length));
            client.write(Arrays.copyOf(piece.get(), end));
        }
        return parser.head().map(AnswerHead::closes).orElse(false);
    }
}
