package dev.touchstone.features.steps;

import dev.touchstone.harness.launch.WorkerLauncher;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.Skills;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** What a run lends to one of its scenarios: the target, and a place for what was seen. Thread-safe. */
public interface ScenarioStage {

    /** The worker under test. */
    Target target();

    /** What the worker said of itself before the first scenario. */
    Capabilities capabilities();

    /** What the model was seen to be able to do; found out at the first call, which takes a few generations. */
    Skills skills() throws InterruptedException;

    /** Starts further processes of this worker; empty where the kit did not start it. */
    Optional<WorkerLauncher> launcher();

    /** Where on this machine the worker is; looked up at the first call. */
    default HostAccess host() {
        return HostAccess.none("this run has no access to the worker's host");
    }

    /** What an earlier run kept of this scenario, where this run judges it again without traffic. */
    Optional<Kept> kept();

    /** A job id that this run has not used before; visible ASCII, far under 128 characters. */
    String newJobId();

    /** Whether the scenario is part of this run. */
    boolean planned();

    /**
     * Why a request to this path is not worth sending, where the worker has stopped answering; one sentence.
     *
     * @param soFar what this scenario has exchanged, in order
     */
    Optional<String> silence(String path, List<Exchange> soFar);

    /** Takes note of a verdict. */
    void verdict(Verdict verdict);

    /** Takes note of a measured number. */
    void figure(Figure figure);

    /** Tells the run that the scenario only waits from now on, so that others may begin beside it. */
    default void settled() {}

    /** Takes the evidence, once, when the scenario ends. */
    void keep(Kept kept);
}
