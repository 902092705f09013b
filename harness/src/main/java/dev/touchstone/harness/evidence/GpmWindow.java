package dev.touchstone.harness.evidence;

import dev.touchstone.harness.evidence.DeviceReading.GpmReading;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * GPU Performance Monitoring of one device: two samples of the driver and the averages between them. It exists from the
 * Hopper architecture on. Not thread-safe.
 */
final class GpmWindow {

    /** nvml.h: samples of less than 100 ms between them may be the same sample. */
    private static final Duration SHORTEST = Duration.ofMillis(120);

    private static final double MIB = 1024 * 1024;
    private static final int METRICS = 4;

    private final NvmlLibrary nvml;
    private final MemorySegment board;
    private final OptionalInt gpuInstance;
    private final LongSupplier nanoTime;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment metrics = arena.allocate(NvmlLayouts.GPM_METRICS_BYTES, Long.BYTES);
    private Reading<Boolean> ready;
    private MemorySegment before = MemorySegment.NULL;
    private MemorySegment now = MemorySegment.NULL;
    private boolean started;
    private long startedNanos;

    /**
     * @param board handle of the whole GPU
     * @param gpuInstance of the MIG device; none for a whole GPU
     */
    GpmWindow(NvmlLibrary nvml, MemorySegment board, OptionalInt gpuInstance, LongSupplier nanoTime) {
        this.nvml = nvml;
        this.board = board;
        this.gpuInstance = gpuInstance;
        this.nanoTime = nanoTime;
        this.ready = prepare();
    }

    private Reading<Boolean> prepare() {
        MemorySegment support = arena.allocate(8, Long.BYTES);
        support.set(NvmlLayouts.U32, 0, 1);
        int status = nvml.call("nvmlGpmQueryDeviceSupport", board, support);
        if (status != NvmlStatus.SUCCESS || support.get(NvmlLayouts.U32, 4) == 0) {
            return Reading.none("this GPU has no GPM counters (they begin with Hopper)"
                    + (status == NvmlStatus.SUCCESS ? "" : ": " + NvmlStatus.text(status)));
        }
        return allocated()
                .then(first -> allocated().then(second -> {
                    before = first;
                    now = second;
                    return Reading.of(true);
                }));
    }

    private Reading<MemorySegment> allocated() {
        MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
        int status = nvml.call("nvmlGpmSampleAlloc", pointer);
        return status == NvmlStatus.SUCCESS
                ? Reading.of(pointer.get(ValueLayout.ADDRESS, 0))
                : Reading.none("a GPM sample could not be allocated: " + NvmlStatus.text(status));
    }

    /** The averages since the sample before; none at the first call and too soon after the last. */
    Reading<GpmReading> read() {
        return ready.then(_ -> {
            long nanos = nanoTime.getAsLong();
            if (started && nanos - startedNanos < SHORTEST.toNanos()) {
                return Reading.none("too soon after the last GPM sample");
            }
            int status = sample(now);
            if (status != NvmlStatus.SUCCESS) {
                return Reading.none("a GPM sample was refused: " + NvmlStatus.text(status));
            }
            Reading<GpmReading> result =
                    started ? between(nanos - startedNanos) : Reading.none("the first GPM sample: two are needed");
            MemorySegment old = before;
            before = now;
            now = old;
            started = true;
            startedNanos = nanos;
            return result;
        });
    }

    private int sample(MemorySegment into) {
        return gpuInstance.isPresent()
                ? nvml.call("nvmlGpmMigSampleGet", board, gpuInstance.getAsInt(), into)
                : nvml.call("nvmlGpmSampleGet", board, into);
    }

    private Reading<GpmReading> between(long windowNanos) {
        metrics.fill((byte) 0);
        metrics.set(NvmlLayouts.U32, 0, 1);
        metrics.set(NvmlLayouts.U32, 4, METRICS);
        metrics.set(ValueLayout.ADDRESS, 8, before);
        metrics.set(ValueLayout.ADDRESS, 16, now);
        ask(0, NvmlLayouts.GPM_SM_UTIL);
        ask(1, NvmlLayouts.GPM_DRAM_BW_UTIL);
        ask(2, NvmlLayouts.GPM_PCIE_SENT);
        ask(3, NvmlLayouts.GPM_PCIE_RECEIVED);
        int status = nvml.call("nvmlGpmMetricsGet", metrics);
        return status == NvmlStatus.SUCCESS
                ? Reading.of(new GpmReading(
                        windowNanos,
                        NvmlLayouts.metric(metrics, 0, 1),
                        NvmlLayouts.metric(metrics, 1, 1),
                        NvmlLayouts.metric(metrics, 2, MIB),
                        NvmlLayouts.metric(metrics, 3, MIB)))
                : Reading.none("GPM metrics were refused: " + NvmlStatus.text(status));
    }

    private void ask(int n, int metric) {
        metrics.set(NvmlLayouts.U32, NvmlLayouts.GPM_METRICS_OFFSET + (long) n * NvmlLayouts.GPM_METRIC_BYTES, metric);
    }

    void close() {
        ready.found().ifPresent(_ -> {
            nvml.call("nvmlGpmSampleFree", before);
            nvml.call("nvmlGpmSampleFree", now);
        });
        ready = Reading.none("the probe is closed");
        arena.close();
    }
}
