package dev.touchstone.features.teeth.wire;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The answer to a request that a change sent, read as it comes. */
final class ReadAnswer implements WorkerAnswer {

    private final Inflow worker;
    private final AnswerParser parser;
    private final ByteArrayOutputStream decoding = new ByteArrayOutputStream();
    private final InputStream body = new Body();
    private byte[] decoded = new byte[0];
    private int taken;
    private boolean closed;

    private ReadAnswer(Inflow worker, String method) {
        this.worker = worker;
        parser = new AnswerParser(method);
    }

    /** Waits for the head. */
    static ReadAnswer await(Inflow worker, String method) throws IOException {
        var answer = new ReadAnswer(worker, method);
        while (answer.parser.head().isEmpty()) {
            answer.readOn();
        }
        return answer;
    }

    @Override
    public AnswerHead head() {
        return parser.head().orElseThrow();
    }

    @Override
    public InputStream body() {
        return body;
    }

    @Override
    public Optional<Frame> nextFrame() throws IOException {
        var frame = new ByteArrayOutputStream();
        int before = -1;
        for (int next = body.read(); next >= 0; next = body.read()) {
            frame.write(next);
            if (next == '\n' && before == '\n') {
                return Optional.of(Frame.parse(text(frame)));
            }
            before = next;
        }
        return frame.size() == 0 ? Optional.empty() : Optional.of(Frame.parse(text(frame)));
    }

    /** A frame that is no UTF-8 could not be passed on as it is: rather no trial than a false one. */
    private static String text(ByteArrayOutputStream frame) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(frame.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UncheckedIOException("the worker sent a frame that is no UTF-8", e);
        }
    }

    /** Whether nothing of it is left on the connection or here. */
    boolean isWhollyRead() {
        return isOver() && taken == decoded.length;
    }

    private boolean isOver() {
        return parser.isDone() || closed;
    }

    /** Reads one piece, which need not say anything of the body. */
    private void readOn() throws IOException {
        Optional<byte[]> piece = worker.take();
        if (piece.isEmpty()) {
            if (!parser.endsWithConnection()) {
                throw new EOFException("the worker closed its connection before its answer was over");
            }
            closed = true;
            return;
        }
        int end = parser.consume(piece.get(), decoding);
        worker.putBack(Arrays.copyOfRange(piece.get(), end, piece.get().length));
        decoded = decoding.toByteArray();
        decoding.reset();
        taken = 0;
        if (parser.isMalformed()) {
            throw new IOException("the worker's answer is no HTTP");
        }
    }

    private final class Body extends InputStream {
        @Override
        public int read() throws IOException {
            return fill() ? decoded[taken++] & 0xff : -1;
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            if (most == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int given = Math.min(most, decoded.length - taken);
            System.arraycopy(decoded, taken, into, from, given);
            taken += given;
            return given;
        }

        private boolean fill() throws IOException {
            while (taken == decoded.length && !isOver()) {
                readOn();
            }
            return taken < decoded.length;
        }

        @Override
        public int available() {
            return decoded.length - taken;
        }
    }
}
