package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** Passes everything both ways as it is, FIN by FIN and RST by RST, until both sides are over. */
final class Tunnel {

    private final Signal signal;
    private final Side client;
    private final Side worker;
    private final Executor threads;

    Tunnel(Signal signal, Side client, Side worker, Executor threads) {
        this.signal = signal;
        this.client = client;
        this.worker = worker;
        this.threads = threads;
    }

    /** @param first of the client's bytes, taken already */
    void run(byte[] first) throws InterruptedException {
        var answered = new AtomicBoolean();
        threads.execute(() -> {
            answer();
            signal.change(() -> answered.set(true));
        });
        ask(first);
        signal.await(answered::get);
        if (worker.inflow().isBroken()) {
            client.reset();
        }
        if (client.inflow().isBroken()) {
            worker.reset();
        }
    }

    private void ask(byte[] first) {
        client.inflow().putBack(first);
        try {
            for (Optional<byte[]> piece = client.inflow().take();
                    piece.isPresent();
                    piece = client.inflow().take()) {
                worker.write(piece.get());
            }
            worker.fin();
        } catch (IOException e) {
            // What a worker said before it broke off is still to be passed on; a client that broke off hears nothing
            // more.
            if (client.inflow().isBroken()) {
                worker.reset();
            }
        }
    }

    private void answer() {
        try {
            for (Optional<byte[]> piece = worker.inflow().take();
                    piece.isPresent();
                    piece = worker.inflow().take()) {
                client.write(piece.get());
            }
            client.fin();
        } catch (IOException e) {
            if (worker.inflow().isBroken()) {
                client.reset();
            } else {
                worker.reset();
            }
        }
    }
}
