package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.DeviceFailure;
import jcuda.driver.CUresult;

/** A CUDA call failed, or the work that it waited for did; the engine can do nothing more. */
public final class CudaFailure extends DeviceFailure {
    private static final long serialVersionUID = 1L;

    private final int status;

    private CudaFailure(int status, String sentence) {
        super(sentence);
        this.status = status;
    }

    /** The driver's number of the error; 0 where it told none. */
    int status() {
        return status;
    }

    /** A status other than success, and what was being done, such as {@code waiting for a step}. */
    static CudaFailure of(int status, String doing) {
        return new CudaFailure(status, "The GPU reported %s while %s.".formatted(name(status), doing));
    }

    /** Something that no status tells. */
    static CudaFailure untold(String sentence) {
        return new CudaFailure(CUresult.CUDA_SUCCESS, sentence);
    }

    /** The error's name and number, such as {@code CUDA_ERROR_ILLEGAL_ADDRESS (700)}. */
    static String name(int status) {
        String name = CUresult.stringFor(status);
        return (name.startsWith("CUDA_") ? name : "CUDA error") + " (" + status + ")";
    }

    /**
     * Passes success.
     *
     * @throws CudaFailure for every other status
     */
    static void check(int status, String doing) {
        if (status != CUresult.CUDA_SUCCESS) {
            throw of(status, doing);
        }
    }
}
