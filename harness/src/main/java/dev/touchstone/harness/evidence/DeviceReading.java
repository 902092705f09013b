package dev.touchstone.harness.evidence;

import java.util.List;

/**
 * One GPU, or one MIG device where a GPU is split, as NVML sees it.
 *
 * @param index NVML's index such as {@code 0}, or {@code 0:1} for the second MIG device of GPU 0
 * @param uuid such as {@code GPU-…} or {@code MIG-…}; names the device across samples
 * @param pcie of the whole GPU, also for a MIG device
 */
public record DeviceReading(
        String index,
        String name,
        String uuid,
        Reading<DeviceMemory> memory,
        Reading<List<ProcessVram>> processes,
        Reading<GpuUtilization> utilization,
        Reading<PcieCounters> pcie,
        Reading<GpmReading> gpm) {

    /**
     * Memory of the device, in bytes.
     *
     * @param used allocated by anyone, in {@code nvmlDeviceGetMemoryInfo_v2} without what the driver reserves
     */
    public record DeviceMemory(long total, long free, long used) {}

    /** Memory that one process holds on the device, in bytes; the driver's own context of the process included. */
    public record ProcessVram(long pid, Reading<Long> bytes) {}

    /**
     * {@code nvmlUtilization_t}: percent of the driver's last sample period (1/6 to 1 s) in which a kernel ran, and in
     * which device memory was read or written.
     */
    public record GpuUtilization(long gpuPercent, long memoryPercent) {}

    /**
     * Bytes over PCIe, sent by and received by the GPU, as the 32-bit counters stand; see {@link WrappingCounter}.
     */
    public record PcieCounters(long sentBytes, long receivedBytes) {}

    /**
     * Averages of GPU Performance Monitoring over the time since the sample before.
     *
     * @param windowNanos length of that time
     * @param smPercent SMs that were busy, 0 to 100
     * @param dramPercent of the theoretical DRAM bandwidth, 0 to 100
     * @param sentPerSecond bytes/s over PCIe from the GPU
     * @param receivedPerSecond bytes/s over PCIe to the GPU
     */
    public record GpmReading(
            long windowNanos,
            Reading<Double> smPercent,
            Reading<Double> dramPercent,
            Reading<Double> sentPerSecond,
            Reading<Double> receivedPerSecond) {}
}
