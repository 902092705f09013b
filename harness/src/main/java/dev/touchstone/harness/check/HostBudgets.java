package dev.touchstone.harness.check;

import java.time.Duration;

/**
 * What the checks of the host's evidence allow, beside the shares that the requirements name. Immutable.
 *
 * @param baseBytes host memory that a worker may have whatever its model, VR-03: runtime, driver, buffers
 * @param contextBytes GPU memory that the driver itself may take for a process: context, code, heap
 * @param pcieNoise bytes/s that flow to a GPU over PCIe whatever is computed: launches, polling, display
 * @param cpuPerToken CPU time that a token may always take, VR-04
 * @param cpuCores cores that a worker may keep busy whatever that is in CPU time per token, VR-04
 * @param cacheBytes a model up to this size may be read from the GPU's cache and leave its DRAM idle
 * @param callBytes read calls up to this size are no second look at a model: sockets, {@code /proc}, logs
 * @param idlePercent utilisation up to this is none
 */
public record HostBudgets(
        long baseBytes,
        long contextBytes,
        double pcieNoise,
        Duration cpuPerToken,
        double cpuCores,
        long cacheBytes,
        long callBytes,
        double idlePercent) {

    private static final long MIB = 1 << 20;

    /** 1 GiB, 768 MiB, 32 MB/s, 20 ms, 2 cores, 128 MiB, 16 MiB, 0.05 %. */
    public static HostBudgets defaults() {
        return new HostBudgets(1024 * MIB, 768 * MIB, 32e6, Duration.ofMillis(20), 2.0, 128 * MIB, 16 * MIB, 0.05);
    }
}
