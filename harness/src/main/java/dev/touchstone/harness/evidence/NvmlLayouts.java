package dev.touchstone.harness.evidence;

import dev.touchstone.harness.evidence.DeviceReading.DeviceMemory;
import dev.touchstone.harness.evidence.DeviceReading.ProcessVram;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Structures of nvml.h (CUDA 12 and 13, NVIDIA's NVML API reference), by byte offset on 64-bit Linux.
 *
 * <pre>
 * nvmlMemory_t        total u64 @0, free u64 @8, used u64 @16; 24 bytes
 * nvmlMemory_v2_t     version u32 @0, total u64 @8, reserved u64 @16, free u64 @24, used u64 @32; 40 bytes
 * nvmlProcessInfo_v1  pid u32 @0, usedGpuMemory u64 @8; 16 bytes
 * nvmlProcessInfo_v2  the same, gpuInstanceId u32 @16, computeInstanceId u32 @20; 24 bytes, used by _v2 and _v3
 *                     some 535 drivers: usedGpuCcProtectedMemory u64 @24; 32 bytes, same function name
 * nvmlUtilization_t   gpu u32 @0, memory u32 @4
 * nvmlFieldValue_t    fieldId u32 @0, scopeId u32 @4, timestamp i64 @8, latencyUsec i64 @16, valueType u32 @24,
 *                     nvmlReturn u32 @28, value union of 8 bytes @32; 40 bytes
 * nvmlGpmSupport_t    version u32 @0, isSupportedDevice u32 @4
 * nvmlGpmMetric_t     metricId u32 @0, nvmlReturn u32 @4, value f64 @8, three char pointers @16; 40 bytes
 * nvmlGpmMetricsGet_t version u32 @0, numMetrics u32 @4, sample1 @8, sample2 @16, nvmlGpmMetric_t[] @24
 * </pre>
 */
final class NvmlLayouts {

    static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED;
    static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED;
    static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED;

    static final int MEMORY_V1_BYTES = 24;
    static final int MEMORY_V2_BYTES = 40;
    /** {@code NVML_STRUCT_VERSION(Memory, 2)}: size | version << 24. */
    static final int MEMORY_V2_VERSION = MEMORY_V2_BYTES | 2 << 24;

    static final int PROCESS_V1_BYTES = 16;
    static final int PROCESS_V2_BYTES = 24;
    static final int PROCESS_535_BYTES = 32;
    /** Fills a buffer before the call, so that it shows how far the driver wrote. */
    static final byte UNTOUCHED = (byte) 0xA5;
    /** {@code NVML_VALUE_NOT_AVAILABLE}. */
    private static final long NOT_AVAILABLE = -1;

    static final int FIELD_VALUE_BYTES = 40;
    static final int FIELD_PCIE_SENT_BYTES = 197;
    static final int FIELD_PCIE_RECEIVED_BYTES = 198;
    private static final int VALUE_TYPE_UNSIGNED_INT = 1;

    static final int GPM_METRICS_OFFSET = 24;
    static final int GPM_METRIC_BYTES = 40;
    /** More than NVML_GPM_METRIC_MAX of any version (98, 210, 333), lest a driver clears the whole array. */
    static final int GPM_METRICS_BYTES = GPM_METRICS_OFFSET + 1024 * GPM_METRIC_BYTES;

    static final int GPM_SM_UTIL = 2;
    static final int GPM_DRAM_BW_UTIL = 10;
    /** In MiB/s. */
    static final int GPM_PCIE_SENT = 20;
    /** In MiB/s. */
    static final int GPM_PCIE_RECEIVED = 21;

    private NvmlLayouts() {}

    static DeviceMemory memoryV1(MemorySegment at) {
        return new DeviceMemory(at.get(U64, 0), at.get(U64, 8), at.get(U64, 16));
    }

    static DeviceMemory memoryV2(MemorySegment at) {
        return new DeviceMemory(at.get(U64, 8), at.get(U64, 24), at.get(U64, 32));
    }

    /**
     * Finds how many bytes the driver took for one process, where the function's name leaves it open.
     *
     * @param buffer filled with {@link #UNTOUCHED} before the call
     */
    static int processStride(MemorySegment buffer, int count, int assumed) {
        if (assumed != PROCESS_V2_BYTES || count == 0) {
            return assumed;
        }
        long end = (long) count * PROCESS_V2_BYTES;
        for (long i = end; i < (long) count * PROCESS_535_BYTES; i++) {
            if (buffer.get(ValueLayout.JAVA_BYTE, i) != UNTOUCHED) {
                return PROCESS_535_BYTES;
            }
        }
        return PROCESS_V2_BYTES;
    }

    static List<ProcessVram> processes(MemorySegment buffer, int count, int stride) {
        List<ProcessVram> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long at = (long) i * stride;
            long bytes = buffer.get(U64, at + 8);
            all.add(new ProcessVram(
                    Integer.toUnsignedLong(buffer.get(U32, at)),
                    bytes == NOT_AVAILABLE
                            ? Reading.none("the driver does not tell the memory of this process")
                            : Reading.of(bytes)));
        }
        return List.copyOf(all);
    }

    /** The value of the n-th field, as an unsigned integer of 32 or 64 bits. */
    static Reading<Long> field(MemorySegment values, int n) {
        long at = (long) n * FIELD_VALUE_BYTES;
        int status = values.get(U32, at + 28);
        if (status != NvmlStatus.SUCCESS) {
            return Reading.none("field %d: %s".formatted(values.get(U32, at), NvmlStatus.text(status)));
        }
        return Reading.of(
                values.get(U32, at + 24) == VALUE_TYPE_UNSIGNED_INT
                        ? Integer.toUnsignedLong(values.get(U32, at + 32))
                        : values.get(U64, at + 32));
    }

    /** The value of the n-th metric, times a factor. */
    static Reading<Double> metric(MemorySegment metrics, int n, double factor) {
        long at = GPM_METRICS_OFFSET + (long) n * GPM_METRIC_BYTES;
        int status = metrics.get(U32, at + 4);
        double value = metrics.get(F64, at + 8);
        if (status != NvmlStatus.SUCCESS) {
            return Reading.none("GPM metric %d: %s".formatted(metrics.get(U32, at), NvmlStatus.text(status)));
        }
        return Double.isFinite(value) && value >= 0
                ? Reading.of(value * factor)
                : Reading.none("GPM metric %d came as %s".formatted(metrics.get(U32, at), value));
    }

    static String text(MemorySegment characters) {
        byte[] bytes = characters.toArray(ValueLayout.JAVA_BYTE);
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
