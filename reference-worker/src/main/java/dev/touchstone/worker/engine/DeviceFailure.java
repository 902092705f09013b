package dev.touchstone.worker.engine;

/**
 * Thrown when the device under an engine has failed; the engine can do nothing more. The message is one sentence that
 * names the error and what was being done.
 */
public class DeviceFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DeviceFailure(String sentence) {
        super(sentence);
    }
}
