package dev.touchstone.features.teeth.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes what a change answers. */
final class ClientWriter implements ClientSide {

    private enum State {
        OPEN,
        ENDED,
        CLOSED
    }

    private static final HeaderLine CHUNKED = new HeaderLine("Transfer-Encoding", "chunked");

    private final Side client;
    private final ClientRequest request;
    private boolean chunked;
    private boolean closesAfter;
    private State state = State.OPEN;

    ClientWriter(Side client, ClientRequest request) {
        this.client = client;
        this.request = request;
        closesAfter = AnswerHead.saysClose(request.headers());
    }

    @Override
    public void head(AnswerHead head) throws IOException {
        boolean interim = head.status() / 100 == 1;
        boolean bodiless = interim
                || head.status() == 204
                || head.status() == 304
                || request.method().equals("HEAD");
        chunked = !bodiless && head.header("Content-Length").isEmpty();
        closesAfter |= head.closes();
        state = state == State.CLOSED ? State.CLOSED : State.OPEN;
        String line = "HTTP/1.1 " + head.status() + (head.reason().isEmpty() ? "" : " " + head.reason());
        raw(Head.bytes(line, framed(head.headers())));
    }

    private List<HeaderLine> framed(List<HeaderLine> headers) {
        List<HeaderLine> framed = new ArrayList<>();
        boolean told = !chunked;
        for (HeaderLine header : headers) {
            if (!header.is(CHUNKED.name())) {
                framed.add(header);
            } else if (!told) {
                framed.add(CHUNKED);
                told = true;
            }
        }
        if (!told) {
            framed.add(CHUNKED);
        }
        return framed;
    }

    @Override
    public void body(byte[] part) throws IOException {
        if (part.length == 0) {
            // An empty chunk would end the body.
            return;
        }
        if (!chunked) {
            raw(part);
            return;
        }
        var chunk = new ByteArrayOutputStream(part.length + 16);
        chunk.writeBytes((Integer.toHexString(part.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunk.writeBytes(part);
        chunk.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        raw(chunk.toByteArray());
    }

    @Override
    public void end() throws IOException {
        if (chunked) {
            raw("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            chunked = false;
        }
        if (closesAfter) {
            close();
        } else if (state == State.OPEN) {
            state = State.ENDED;
        }
    }

    @Override
    public void raw(byte[] bytes) throws IOException {
        if (state == State.CLOSED) {
            throw new IOException("the connection is closed");
        }
        client.write(bytes);
    }

    @Override
    public void close() {
        state = State.CLOSED;
        client.fin();
    }

    @Override
    public void reset() {
        state = State.CLOSED;
        client.reset();
    }

    /** Whether an answer is over and the connection is open for the next request. */
    boolean isEnded() {
        return state == State.ENDED;
    }

    /** Whether the change closed the connection itself. */
    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** The worker's own answer was passed on. */
    void relayed() {
        state = State.ENDED;
    }
}
