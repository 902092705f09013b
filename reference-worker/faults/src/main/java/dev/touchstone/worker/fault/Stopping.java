package dev.touchstone.worker.fault;

import dev.touchstone.worker.job.Job;
import java.util.Map;

/** What a worker has left to do when it is told to stop. Public because advice calls it. */
public final class Stopping {

    /** A request that came with the signal is over by then. */
    private static final int LOOKS = 50;

    private static final int BETWEEN_MILLIS = 10;

    private Stopping() {}

    /** Whether no job is left soon; a worker that streams a long text is not at rest. */
    public static boolean comesToRest(Map<String, Job> live) throws InterruptedException {
        for (int n = 0; n < LOOKS && !live.isEmpty(); n++) {
            Waiting.millis(BETWEEN_MILLIS);
        }
        return live.isEmpty();
    }
}
