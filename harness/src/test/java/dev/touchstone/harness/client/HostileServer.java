package dev.touchstone.harness.client;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;

/** A server that treats each connection as badly as it is told. */
public final class HostileServer implements AutoCloseable {

    /** What it does with a connection; an {@link IOException} means that the client has hung up. */
    @FunctionalInterface
    public interface Behaviour {
        void treat(Socket connection, CountDownLatch over) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final Behaviour behaviour;
    private final String scheme;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch over = new CountDownLatch(1);

    private HostileServer(String scheme, ServerSocketFactory sockets, Behaviour behaviour) throws IOException {
        this.scheme = scheme;
        this.server = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.behaviour = behaviour;
        Thread.ofVirtual().start(this::accept);
    }

    public static HostileServer plain(Behaviour behaviour) throws IOException {
        return new HostileServer("http", ServerSocketFactory.getDefault(), behaviour);
    }

    static HostileServer tls(ServerSocketFactory sockets, Behaviour behaviour) throws IOException {
        return new HostileServer("https", sockets, behaviour);
    }

    /** Reads the head of a request, then sends this and closes. */
    public static Behaviour answers(String answer) {
        return (connection, over) -> {
            readHead(connection);
            send(connection, answer);
            linger(connection);
        };
    }

    /** Reads the head of a request, then sends this without end, a piece at a time. */
    public static Behaviour floods(String head, String piece) {
        return (connection, over) -> {
            readHead(connection);
            send(connection, head);
            byte[] bytes = piece.getBytes(StandardCharsets.ISO_8859_1);
            while (over.getCount() > 0) {
                connection.getOutputStream().write(bytes);
            }
        };
    }

    /** Reads the head of a request, then sends a byte every few milliseconds without end. */
    public static Behaviour drips(String head, char drop) {
        return (connection, over) -> {
            readHead(connection);
            send(connection, head);
            while (!over.await(5, TimeUnit.MILLISECONDS)) {
                connection.getOutputStream().write(drop);
            }
        };
    }

    /** Reads whatever comes and says nothing more than this. */
    public static Behaviour hangsAfter(String beginning) {
        return (connection, over) -> {
            readHead(connection);
            send(connection, beginning);
            over.await();
        };
    }

    static void send(Socket connection, String latin1) throws IOException {
        connection.getOutputStream().write(latin1.getBytes(StandardCharsets.ISO_8859_1));
        connection.getOutputStream().flush();
    }

    static void readHead(Socket connection) throws IOException {
        byte[] last = new byte[4];
        while (!Arrays.equals(last, new byte[] {'\r', '\n', '\r', '\n'})) {
            int next = connection.getInputStream().read();
            if (next < 0) {
                throw new IOException("The client hung up before its request was whole.");
            }
            System.arraycopy(last, 1, last, 0, 3);
            last[3] = (byte) next;
        }
    }

    /** Closes so that the client sees an end and not a reset, even where it had more to say. */
    static void linger(Socket connection) throws IOException {
        connection.shutdownOutput();
        connection.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    public String url() {
        return scheme + "://localhost:" + server.getLocalPort();
    }

    String urlWithScheme(String other) {
        return other + "://localhost:" + server.getLocalPort();
    }

    private void accept() {
        try {
            while (over.getCount() > 0) {
                Socket connection = server.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> treat(connection));
            }
        } catch (IOException closed) {
            over.countDown();
        }
    }

    private void treat(Socket connection) {
        try (connection) {
            behaviour.treat(connection, over);
        } catch (IOException | InterruptedException hungUp) {
            connections.remove(connection);
        }
    }

    @Override
    public void close() throws IOException {
        over.countDown();
        server.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
