package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.time.Duration;

/**
 * One request on its way through the proxy, and the answer on its way back. Not thread-safe. A client that goes away
 * closes the worker's side in the same manner (FIN by FIN, RST by RST), whatever the change is doing.
 */
public interface Passage {

    /** The whole request; a request that is malformed, larger than 3 MiB or slow never comes here, but passes as it is. */
    ClientRequest request();

    /**
     * Passes the request on and the answer back, byte by byte as they are. Where the client has already sent more behind
     * this request, everything that follows on its connection passes too, and no passage is made of it.
     */
    void relay() throws IOException;

    /** Sends a request, the same or another, to the worker and returns its answer when the head is there. */
    WorkerAnswer ask(ClientRequest request) throws IOException;

    /** Sends the same request to the worker. */
    default WorkerAnswer ask() throws IOException {
        return ask(request());
    }

    /** Where the answer is written. */
    ClientSide client();

    /** Tells that the fault did here what makes it a fault; without one such call a trial is void. */
    void fired();

    /** Waits; ends early with an IOException when the client is gone. */
    void pause(Duration time) throws IOException, InterruptedException;
}
