package dev.touchstone.worker.fault;

import dev.touchstone.worker.job.Job;
import dev.touchstone.worker.job.Scheduler;

/** Calls of the worker's own methods. Advice that named their class would have it loaded before it is woven. */
public final class Jobs {

    private Jobs() {}

    /** Has the scheduler cancel a job. */
    public static void cancel(Object scheduler, Job job, String reason) {
        ((Scheduler) scheduler).cancel(job, reason);
    }
}
