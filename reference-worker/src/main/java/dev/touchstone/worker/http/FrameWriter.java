package dev.touchstone.worker.http;

import dev.touchstone.worker.job.JobEvent;

/** Writes a job's events as the SSE frames of one dialect, in their order. Used by one thread at a time. */
public interface FrameWriter {

    /** Appends the frames that the event gives: none, one or several. */
    void write(JobEvent event, StringBuilder out);
}
