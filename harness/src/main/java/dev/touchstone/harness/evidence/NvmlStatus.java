package dev.touchstone.harness.evidence;

/** {@code nvmlReturn_t} of nvml.h, as far as it is acted on; the numbers are stable ABI. */
final class NvmlStatus {
    static final int SUCCESS = 0;
    static final int NOT_SUPPORTED = 3;
    static final int NO_PERMISSION = 4;
    static final int NOT_FOUND = 6;
    static final int INSUFFICIENT_SIZE = 7;
    static final int DRIVER_NOT_LOADED = 9;
    static final int FUNCTION_NOT_FOUND = 13;
    static final int GPU_IS_LOST = 15;
    static final int LIB_RM_VERSION_MISMATCH = 18;

    private NvmlStatus() {}

    /** Names a status in a few words. */
    static String text(int status) {
        return switch (status) {
            case SUCCESS -> "success";
            case NOT_SUPPORTED -> "not supported by this device";
            case NO_PERMISSION -> "no permission";
            case NOT_FOUND -> "not found";
            case INSUFFICIENT_SIZE -> "insufficient size";
            case DRIVER_NOT_LOADED -> "the NVIDIA driver is not loaded";
            case FUNCTION_NOT_FOUND -> "this driver does not have the function";
            case GPU_IS_LOST -> "the GPU is lost";
            case LIB_RM_VERSION_MISMATCH -> "driver and library have different versions";
            default -> "NVML error " + status;
        };
    }
}
