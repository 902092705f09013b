package dev.touchstone.worker.engine;

/** Thrown when the device has too little memory for the model. The message names both amounts, device and file. */
public final class TooLittleMemoryException extends ModelLoadException {
    private static final long serialVersionUID = 1L;

    public TooLittleMemoryException(String sentence) {
        super(sentence);
    }
}
