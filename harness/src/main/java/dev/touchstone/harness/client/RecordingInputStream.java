package dev.touchstone.harness.client;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a socket in pieces as large as it has to give and reports each such read to {@link SocketReads#CURRENT}. It
 * reads ahead because OkHttp asks for at most 8 KiB: a burst of 60 KiB would look like eight arrivals where there was
 * one.
 */
final class RecordingInputStream extends InputStream {

    private static final int READ_AHEAD = 64 * 1024;

    private final InputStream socket;
    private final byte[] buffer = new byte[READ_AHEAD];
    private int position;
    private int limit;

    RecordingInputStream(InputStream socket) {
        this.socket = socket;
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffer[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int given = Math.min(length, limit - position);
        System.arraycopy(buffer, position, target, offset, given);
        position += given;
        return given;
    }

    private boolean fill() throws IOException {
        if (position < limit) {
            return true;
        }
        int read = socket.read(buffer, 0, buffer.length);
        if (read <= 0) {
            if (SocketReads.CURRENT.isBound()) {
                SocketReads.CURRENT.get().end();
            }
            return false;
        }
        if (SocketReads.CURRENT.isBound()) {
            SocketReads.CURRENT.get().delivered(buffer, read);
        }
        position = 0;
        limit = read;
        return true;
    }

    @Override
    public int available() throws IOException {
        return limit - position + socket.available();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
