package dev.touchstone.worker.job;

/** The stable codes of the wire. */
public enum ErrorCode {
    INVALID_REQUEST(false),
    CONTEXT_LENGTH_EXCEEDED(false),
    UNAUTHORIZED(false),
    BUSY(true),
    MODEL_LOAD_FAILED(false),
    INSUFFICIENT_VRAM(false),
    VRAM_OOM(true),
    CUDA_ERROR(false),
    INFERENCE_TIMEOUT(true),
    CANCELLED(true),
    INTERNAL(false);

    private final boolean retriable;

    ErrorCode(boolean retriable) {
        this.retriable = retriable;
    }

    public boolean retriable() {
        return retriable;
    }
}
