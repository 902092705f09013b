package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The worker's answer as it comes. Not thread-safe. */
public interface WorkerAnswer {

    AnswerHead head();

    /** The body without the framing of HTTP; reads block until something comes, and end where the body ends. */
    InputStream body();

    /**
     * The next frame of an event stream as soon as its blank line is there; empty at the end. Throws what the worker's
     * broken connection throws.
     */
    Optional<Frame> nextFrame() throws IOException;

    /** The rest of the body. */
    default byte[] allOfBody() throws IOException {
        return body().readAllBytes();
    }
}
