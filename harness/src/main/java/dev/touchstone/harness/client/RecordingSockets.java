package dev.touchstone.harness.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import javax.net.SocketFactory;

/** Makes sockets whose reads are recorded below any parser, and below TLS. */
final class RecordingSockets extends SocketFactory {

    @Override
    public Socket createSocket() {
        return new RecordingSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host, port);
    }

    private Socket connected(InetSocketAddress address) throws IOException {
        Socket socket = createSocket();
        socket.connect(address);
        return socket;
    }

    private static final class RecordingSocket extends Socket {
        private Optional<InputStream> input = Optional.empty();

        @Override
        public synchronized InputStream getInputStream() throws IOException {
            if (input.isEmpty()) {
                input = Optional.of(new RecordingInputStream(super.getInputStream()));
            }
            return input.orElseThrow();
        }
    }
}
