package dev.touchstone.features.teeth.wire;

import java.io.IOException;

/**
 * What a {@link ChangingProxy} does with each request and its answer: a fault or a legal oddity. One instance lives as
 * long as its proxy, so it may count; its method is called by many threads at once, one for each request.
 */
@FunctionalInterface
public interface TrafficChange {

    /** Nothing is changed. */
    TrafficChange NONE = Passage::relay;

    /**
     * Answers one request, nearly always with the help of the worker behind the proxy. A request that is not changed is
     * passed on by {@link Passage#relay()}.
     *
     * @throws IOException when the client or the worker is gone; the proxy then closes both sides
     */
    void handle(Passage passage) throws IOException, InterruptedException;
}
