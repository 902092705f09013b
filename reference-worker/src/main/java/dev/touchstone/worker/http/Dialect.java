package dev.touchstone.worker.http;

import dev.touchstone.worker.job.Job;
import dev.touchstone.worker.job.JobEvent;
import java.util.List;
import java.util.Optional;

/**
 * Another way to speak to the worker's jobs: its routes, its requests, its answers. It turns bytes into jobs and events
 * into text, and leaves connections to the server. Thread-safe.
 */
public interface Dialect {

    /** Whether the path is this dialect's to answer, also with an error. */
    boolean speaks(String path);

    /** The method of a route, such as {@code GET}; empty where there is no such route. */
    Optional<String> method(String path);

    /** The JSON body that answers a GET. */
    String get(String path) throws RefusedRequest;

    /** Reads a POST's body. */
    Submission post(String path, byte[] body) throws RefusedRequest;

    /** The JSON body of a refusal. */
    String error(RefusedRequest refused);

    /** The JSON body of status 500. */
    String failure();

    /** A job that is to be run, and how its events are told. */
    record Submission(Job job, Answer answer) {}

    /** How a job's events are told. */
    sealed interface Answer {
        /** As they come. */
        record Streamed(FrameWriter frames) implements Answer {}

        /** All at once, when the job has ended. */
        record Whole(Summary summary) implements Answer {}
    }

    /** Makes the one answer out of all events of a job, the last of which is terminal. */
    interface Summary {
        Body of(List<JobEvent> events);
    }

    /** A JSON body and its status. */
    record Body(int status, String json) {}
}
