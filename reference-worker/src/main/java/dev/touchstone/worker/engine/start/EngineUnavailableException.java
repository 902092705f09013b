package dev.touchstone.worker.engine.start;

import java.io.IOException;

/** Thrown when the engine that the command line asks for cannot be used here. The message is one sentence. */
public final class EngineUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    EngineUnavailableException(String sentence) {
        super(sentence);
    }
}
