package dev.touchstone.worker.engine;

/**
 * The GPU that an engine runs on.
 *
 * @param device its number, as CUDA counts those that the process may see
 * @param name as the driver tells it, such as {@code NVIDIA H200}
 * @param capability compute capability, ten times the major number and the minor one: 90 is 9.0
 * @param cudaVersion the CUDA version that the driver offers, such as {@code 13.0}
 */
public record GpuFacts(int device, String name, int capability, String cudaVersion) {

    /** The capability as compilers name it, such as {@code sm_90}. */
    public String architecture() {
        return "sm_" + capability;
    }
}
