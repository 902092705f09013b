package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The answer as the client gets it. Every write leaves at once. Not thread-safe. */
public interface ClientSide {

    /**
     * Writes the status line and headers. A body whose head has no Content-Length is framed by chunks: the proxy takes the
     * worker's Transfer-Encoding out and writes its own.
     */
    void head(AnswerHead head) throws IOException;

    /** Writes a part of the body, as one chunk where the body is framed by chunks. */
    void body(byte[] part) throws IOException;

    default void body(String part) throws IOException {
        body(part.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends the body well: the last chunk, and the connection stays open for the next request. */
    void end() throws IOException;

    /** Writes bytes as they are, without any framing of HTTP. */
    void raw(byte[] bytes) throws IOException;

    /** Closes the connection by a FIN, whatever has been written. */
    void close() throws IOException;

    /** Breaks the connection off by a RST. */
    void reset() throws IOException;

    /** Writes a whole small answer with a Content-Length. */
    default void answer(AnswerHead head, byte[] body) throws IOException {
        head(head.without("Content-Length").without("Transfer-Encoding").with("Content-Length", "" + body.length));
        body(body);
        end();
    }
}
