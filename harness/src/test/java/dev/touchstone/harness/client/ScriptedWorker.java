package dev.touchstone.harness.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A worker that answers each request head with the next of these very bytes, then closes or holds the connection. */
public final class ScriptedWorker implements AutoCloseable {

    private final ServerSocket server;
    private final BlockingQueue<String> answers;
    private final boolean hold;
    private final AtomicInteger connections = new AtomicInteger();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    private ScriptedWorker(boolean hold, List<String> answers) throws IOException {
        this.server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        this.hold = hold;
        this.answers = new LinkedBlockingQueue<>(answers);
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /** Closes the connection after the last answer. */
    public static ScriptedWorker closing(String... answers) throws IOException {
        return new ScriptedWorker(false, List.of(answers));
    }

    /** Leaves the connection open after the last answer, until the client hangs up. */
    public static ScriptedWorker holding(String... answers) throws IOException {
        return new ScriptedWorker(true, List.of(answers));
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    /** What clients have sent, as Latin-1. */
    String received() {
        return received.toString(StandardCharsets.ISO_8859_1);
    }

    private void accept() {
        try {
            while (!answers.isEmpty()) {
                try (Socket socket = server.accept()) {
                    connections.incrementAndGet();
                    serve(socket);
                }
            }
        } catch (IOException e) {
            // A client that hung up, or the end of the test; what the client recorded is what is tested.
            answers.clear();
        }
    }

    private void serve(Socket socket) throws IOException {
        while (!answers.isEmpty() && readHead(socket.getInputStream())) {
            socket.getOutputStream().write(answers.remove().getBytes(StandardCharsets.UTF_8));
        }
        if (hold) {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }

    /** Reads to a blank line and what has come with it. Returns whether there was a request. */
    private boolean readHead(InputStream in) throws IOException {
        int from = received.size();
        int next = in.read();
        while (next >= 0) {
            received.write(next);
            if (received().substring(from).endsWith("\r\n\r\n")) {
                received.writeBytes(in.readNBytes(in.available()));
                return true;
            }
            next = in.read();
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
