package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Executor;

/** One client's connection and the worker's that belongs to it alone. */
final class Connection {

    /** Small: what the worker writes is not to vanish in buffers while the client does not read. */
    private static final int ANSWER_BOUND = 4 * 1024;

    private static final int REQUEST_BOUND = 64 * 1024;
    /** After a FIN: a close at once would answer what the client still sends by a RST. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final Signal signal = new Signal();
    private final ProxyEvents events;
    private final TrafficChange change;
    private final Executor threads;
    private final Side client;
    private final Side worker;
    /** Whether a FIN of the client has to wait, because a request that came before it is not with the worker yet. */
    private boolean holding = true;

    Connection(Socket client, Socket worker, TrafficChange change, ProxyEvents events, Executor threads)
            throws IOException {
        this.client = new Side(client, new Inflow(signal, REQUEST_BOUND));
        this.worker = new Side(worker, new Inflow(signal, ANSWER_BOUND));
        this.change = change;
        this.events = events;
        this.threads = threads;
    }

    /** Serves the connection to its end. */
    void serve() throws InterruptedException {
        try {
            threads.execute(this::readClient);
            threads.execute(this::readWorker);
            boolean open = true;
            while (open) {
                open = serveNext();
            }
        } catch (IOException e) {
            // Who is gone, or broke off, is known below.
        } finally {
            finish();
        }
    }

    private boolean serveNext() throws IOException, InterruptedException {
        signal.await(() -> client.inflow().tells() || worker.inflow().tells());
        if (worker.inflow().tells() || client.inflow().isEmpty()) {
            tunnel(new byte[0]);
            return false;
        }
        return switch (new RequestReader(client.inflow()).read()) {
            case RequestReader.Outcome.Whole whole -> handle(whole.received());
            case RequestReader.Outcome.Odd odd -> {
                tunnel(odd.soFar());
                yield false;
            }
        };
    }

    private boolean handle(ReceivedRequest received) throws IOException, InterruptedException {
        var passage = new ProxyPassage(this, received, events::fired);
        try {
            change.handle(passage);
        } catch (RuntimeException | Error e) {
            events.failed(e);
            client.reset();
            return false;
        } finally {
            signal.change(() -> holding = true);
        }
        if (passage.after() == ProxyPassage.After.PASS_ALL) {
            tunnel(new byte[0]);
        }
        return passage.after() == ProxyPassage.After.NEXT_REQUEST;
    }

    private void tunnel(byte[] first) throws InterruptedException {
        new Tunnel(signal, client, worker, threads).run(first);
    }

    Side client() {
        return client;
    }

    Side worker() {
        return worker;
    }

    Signal signal() {
        return signal;
    }

    boolean isClientGone() {
        return client.inflow().isEnded() || client.inflow().isBroken();
    }

    /** Sends a request to the worker; what a worker says that takes no more of it is still there to be read. */
    void send(byte[] request) {
        try {
            worker.write(request);
        } catch (IOException e) {
            // The reader finds the connection broken behind what came before.
            worker.inflow().breakOff();
        }
        signal.change(() -> holding = false);
        passFin();
    }

    private void passFin() {
        if (client.isClosedHere()) {
            return;
        }
        if (signal.is(
                () -> !holding && client.inflow().isEnded() && client.inflow().isEmpty())) {
            worker.fin();
        }
    }

    private void readClient() {
        read(client);
        passFin();
        if (client.inflow().isBroken() && !client.isClosedHere()) {
            worker.reset();
        }
    }

    private void readWorker() {
        read(worker);
    }

    private static void read(Side side) {
        try {
            side.readAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            side.inflow().breakOff();
        }
    }

    /** What the one side did is done to the other: a RST for a RST, else a FIN. */
    private void finish() throws InterruptedException {
        if (client.inflow().isBroken()) {
            worker.reset();
        } else if (worker.inflow().isBroken()) {
            client.reset();
        }
        client.fin();
        worker.close();
        client.inflow().discard();
        signal.await(this::isClientGone, LINGER);
        client.close();
    }

    /** Ends it at once, from whatever thread. */
    void close() {
        client.close();
        worker.close();
    }
}
