package dev.touchstone.worker.engine.cpu;

import java.io.IOException;

/** Thrown when a sound file does not hold a model that this engine can run. The message is one sentence. */
public final class ModelLoadException extends IOException {
    private static final long serialVersionUID = 1L;

    ModelLoadException(String sentence) {
        super(sentence);
    }
}
