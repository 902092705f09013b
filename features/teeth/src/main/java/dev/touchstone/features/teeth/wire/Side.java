package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;

/** One end of a connection through the proxy: the client's or the worker's socket. Thread-safe, but for two writers. */
final class Side implements AutoCloseable {

    private final Socket socket;
    private final OutputStream out;
    private final Inflow inflow;
    private final AtomicBoolean outputEnded = new AtomicBoolean();

    Side(Socket socket, Inflow inflow) throws IOException {
        this.socket = socket;
        this.inflow = inflow;
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
    }

    Inflow inflow() {
        return inflow;
    }

    /** Reads ahead until the side's end. */
    void readAll() throws InterruptedException, IOException {
        inflow.readAll(socket.getInputStream());
    }

    /** Writes all at once; blocks while the other end takes nothing. */
    void write(byte[] bytes) throws IOException {
        try {
            out.write(bytes);
        } catch (IOException e) {
            inflow.breakOff();
            throw e;
        }
    }

    /** Sends a FIN after what was written. */
    void fin() {
        if (outputEnded.compareAndSet(false, true)) {
            try {
                socket.shutdownOutput();
            } catch (IOException e) {
                inflow.breakOff();
            }
        }
    }

    /** Whether it was closed, or its output ended, from here. */
    boolean isClosedHere() {
        return outputEnded.get();
    }

    /** Breaks the connection off by a RST. */
    void reset() {
        outputEnded.set(true);
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
            inflow.breakOff();
        }
        close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            inflow.breakOff();
        }
    }
}
