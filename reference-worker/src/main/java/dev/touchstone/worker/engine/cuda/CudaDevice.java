package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.GpuFacts;

/**
 * A GPU that the process may see.
 *
 * @param index as CUDA counts them
 * @param capability ten times the major number of its compute capability and the minor one
 * @param pciBusId such as {@code 0000:3B:00.0}
 * @param driverVersion the CUDA version that the driver offers, such as {@code 13.0}
 */
public record CudaDevice(int index, String name, int capability, String pciBusId, String driverVersion) {

    /** The oldest compute capability that the kernels run on. */
    static final int LEAST_CAPABILITY = 80;

    private static final int CLUSTER_CAPABILITY = 90;

    boolean isCapable() {
        return capability >= LEAST_CAPABILITY;
    }

    /** Name and number, such as {@code GPU 0 (NVIDIA H200)}. */
    public String label() {
        return "GPU %d (%s)".formatted(index, name);
    }

    /** Whether blocks can be clusters, which read and write each other's shared memory. */
    boolean hasClusters() {
        return capability >= CLUSTER_CAPABILITY;
    }

    /** The compute capability, such as {@code 9.0}. */
    public String capabilityText() {
        return version(capability);
    }

    static String version(int tenfold) {
        return tenfold / 10 + "." + tenfold % 10;
    }

    GpuFacts facts() {
        return new GpuFacts(index, name, capability, driverVersion);
    }
}
