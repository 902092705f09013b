package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** One request between the two sides of a connection. */
final class ProxyPassage implements Passage {

    /** What becomes of the connection after a request. */
    enum After {
        NEXT_REQUEST,
        /** The worker is about to close. */
        PASS_ALL,
        CLOSE
    }

    private final Connection connection;
    private final ReceivedRequest received;
    private final ClientWriter client;
    private final Runnable fired;
    private Optional<ReadAnswer> answer = Optional.empty();
    private boolean workerCloses;

    ProxyPassage(Connection connection, ReceivedRequest received, Runnable fired) {
        this.connection = connection;
        this.received = received;
        this.fired = fired;
        client = new ClientWriter(connection.client(), received.request());
    }

    @Override
    public ClientRequest request() {
        return received.request();
    }

    @Override
    public void relay() throws IOException {
        send(request());
        workerCloses = RelayedAnswer.relay(
                connection.worker(), connection.client(), request().method());
        client.relayed();
    }

    @Override
    public WorkerAnswer ask(ClientRequest request) throws IOException {
        send(request);
        ReadAnswer next = ReadAnswer.await(connection.worker().inflow(), request.method());
        answer = Optional.of(next);
        workerCloses = next.head().closes();
        return next;
    }

    private void send(ClientRequest request) throws IOException {
        if (!isAnswerRead()) {
            throw new IllegalStateException("the worker's answer has to be read to its end before it is asked again");
        }
        connection.send(received.bytesOf(request));
    }

    @Override
    public ClientSide client() {
        return client;
    }

    @Override
    public void fired() {
        fired.run();
    }

    @Override
    public void pause(Duration time) throws IOException, InterruptedException {
        if (client.isClosed()) {
            connection.signal().await(() -> false, time);
        } else if (connection.signal().await(connection::isClientGone, time)) {
            throw new IOException("the client is gone");
        }
    }

    After after() {
        if (!client.isEnded() || !isAnswerRead()) {
            return After.CLOSE;
        }
        return workerCloses ? After.PASS_ALL : After.NEXT_REQUEST;
    }

    /** Whether the change itself closed the client's connection, in whatever way. */
    boolean isClosed() {
        return client.isClosed();
    }

    private boolean isAnswerRead() {
        return answer.map(ReadAnswer::isWhollyRead).orElse(true);
    }
}
