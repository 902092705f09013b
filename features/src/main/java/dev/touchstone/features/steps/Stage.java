package dev.touchstone.features.steps;

import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a run lends to each of its scenarios: the target, and a place for what was seen. Implemented by the run; steps
 * reach it only through {@link World}. Thread-safe.
 */
public interface Stage {

    /** The worker under test. */
    Target target();

    /** What the worker's health said of it before the first scenario. */
    Capabilities capabilities();

    /** Opens a client that records every exchange of one scenario. */
    Client openClient();

    /** A job id that this run has not used before; visible ASCII, far under 128 characters. */
    String newJobId();

    /** Whether a scenario with these tags (with their at signs) is part of this run. */
    default boolean plans(Collection<String> tags) {
        return true;
    }

    /**
     * Why a request to this path is not worth sending, where the worker has stopped answering; one sentence.
     *
     * @param soFar what this scenario has exchanged, in order
     */
    default Optional<String> silence(String path, List<Exchange> soFar) {
        return Optional.empty();
    }

    /** Takes note of a verdict of the scenario that runs now. */
    void verdict(Verdict verdict);

    /** Takes note of a measured number of the scenario that runs now. */
    void figure(Figure figure);

    /** Takes the evidence of the scenario that runs now, once, when it ends. */
    void exchanges(List<Exchange> exchanges);

    /**
     * A client together with what it has recorded.
     *
     * @param exchanges what has been exchanged so far, in order
     */
    record Client(WorkerClient worker, Supplier<List<Exchange>> exchanges) {}
}
