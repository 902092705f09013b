package dev.touchstone.features.teeth.wire;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** One end of a connection that a test holds in its hand: the client's or the worker's. Bytes are said as ISO 8859-1. */
final class Wire implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    static Wire to(ChangingProxy proxy) throws IOException {
        return new Wire(new Socket(InetAddress.ofLiteral("127.0.0.1"), proxy.port()));
    }

    void write(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Exactly as many bytes as the text has; a test that expects them compares. */
    String readAsMuchAs(String expected) throws IOException {
        byte[] read = socket.getInputStream().readNBytes(expected.length());
        return new String(read, StandardCharsets.ISO_8859_1);
    }

    /** Up to the end of the mark. */
    String readUntil(String mark) throws IOException {
        var read = new ByteArrayOutputStream();
        while (!read.toString(StandardCharsets.ISO_8859_1).endsWith(mark)) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new EOFException("ended after: " + read.toString(StandardCharsets.ISO_8859_1));
            }
            read.write(next);
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    /** Up to the FIN. */
    String readToEnd() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Reads on until a RST; false where a FIN comes. */
    boolean endsByReset() throws IOException {
        try {
            socket.getInputStream().readAllBytes();
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    void fin() throws IOException {
        socket.shutdownOutput();
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
