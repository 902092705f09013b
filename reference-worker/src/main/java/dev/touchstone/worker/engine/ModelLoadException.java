package dev.touchstone.worker.engine;

import java.io.IOException;

/** Thrown when a sound file does not hold a model that the engine can run here. The message is one sentence. */
public class ModelLoadException extends IOException {
    private static final long serialVersionUID = 1L;

    public ModelLoadException(String sentence) {
        super(sentence);
    }
}
