package dev.touchstone.harness.evidence;

import dev.touchstone.harness.evidence.DeviceReading.DeviceMemory;
import dev.touchstone.harness.evidence.DeviceReading.GpuUtilization;
import dev.touchstone.harness.evidence.DeviceReading.PcieCounters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One GPU or MIG device, and what NVML tells of it. Not thread-safe. */
final class NvmlDevice {

    private static final int TEXT_BYTES = 96;

    private final NvmlLibrary nvml;
    private final MemorySegment handle;
    private final MemorySegment board;
    private final String index;
    private final String name;
    private final String uuid;
    private final NvmlProcesses processes;
    private final GpmWindow gpm;

    /**
     * @param board handle of the whole GPU; the same as {@code handle} unless this is a MIG device
     */
    NvmlDevice(NvmlLibrary nvml, MemorySegment handle, MemorySegment board, String index, GpmWindow gpm) {
        this.nvml = nvml;
        this.handle = handle;
        this.board = board;
        this.index = index;
        this.gpm = gpm;
        this.processes = new NvmlProcesses(nvml, handle, index);
        this.name = text("nvmlDeviceGetName");
        this.uuid = text("nvmlDeviceGetUUID");
    }

    DeviceReading read() {
        return new DeviceReading(index, name, uuid, memory(), processes.read(), utilization(), pcie(), gpm.read());
    }

    void close() {
        gpm.close();
    }

    private String text(String function) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment characters = arena.allocate(TEXT_BYTES);
            int status = nvml.call(function, handle, characters, TEXT_BYTES);
            return status == NvmlStatus.SUCCESS ? NvmlLayouts.text(characters) : "unknown at index " + index;
        }
    }

    private Reading<DeviceMemory> memory() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment second = arena.allocate(NvmlLayouts.MEMORY_V2_BYTES, Long.BYTES);
            second.set(NvmlLayouts.U32, 0, NvmlLayouts.MEMORY_V2_VERSION);
            if (nvml.call("nvmlDeviceGetMemoryInfo_v2", handle, second) == NvmlStatus.SUCCESS) {
                return Reading.of(NvmlLayouts.memoryV2(second));
            }
            MemorySegment first = arena.allocate(NvmlLayouts.MEMORY_V1_BYTES, Long.BYTES);
            int status = nvml.call("nvmlDeviceGetMemoryInfo", handle, first);
            return status == NvmlStatus.SUCCESS ? Reading.of(NvmlLayouts.memoryV1(first)) : refused("memory", status);
        }
    }

    private Reading<GpuUtilization> utilization() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rates = arena.allocate(8, Long.BYTES);
            int status = nvml.call("nvmlDeviceGetUtilizationRates", handle, rates);
            return status == NvmlStatus.SUCCESS
                    ? Reading.of(new GpuUtilization(
                            Integer.toUnsignedLong(rates.get(NvmlLayouts.U32, 0)),
                            Integer.toUnsignedLong(rates.get(NvmlLayouts.U32, 4))))
                    : refused("utilisation", status);
        }
    }

    private Reading<PcieCounters> pcie() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(2L * NvmlLayouts.FIELD_VALUE_BYTES, Long.BYTES);
            values.set(NvmlLayouts.U32, 0, NvmlLayouts.FIELD_PCIE_SENT_BYTES);
            values.set(NvmlLayouts.U32, NvmlLayouts.FIELD_VALUE_BYTES, NvmlLayouts.FIELD_PCIE_RECEIVED_BYTES);
            int status = nvml.call("nvmlDeviceGetFieldValues", board, 2, values);
            if (status != NvmlStatus.SUCCESS) {
                return refused("the PCIe counters", status);
            }
            Reading<Long> received = NvmlLayouts.field(values, 1);
            return NvmlLayouts.field(values, 0)
                    .then(sent -> received.then(got -> Reading.of(new PcieCounters(sent, got))));
        }
    }

    private <T> Reading<T> refused(String what, int status) {
        return Reading.none("NVML does not tell %s of GPU %s: %s".formatted(what, index, NvmlStatus.text(status)));
    }
}
