package dev.touchstone.harness.check;

import dev.touchstone.harness.evidence.DeviceReading;
import dev.touchstone.harness.evidence.DeviceReading.DeviceMemory;
import dev.touchstone.harness.evidence.DeviceReading.GpmReading;
import dev.touchstone.harness.evidence.DeviceReading.GpuUtilization;
import dev.touchstone.harness.evidence.DeviceReading.PcieCounters;
import dev.touchstone.harness.evidence.DeviceReading.ProcessVram;
import dev.touchstone.harness.evidence.FileMapping;
import dev.touchstone.harness.evidence.HostFacts;
import dev.touchstone.harness.evidence.HostMemory;
import dev.touchstone.harness.evidence.HostSample;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.IoCounters;
import dev.touchstone.harness.evidence.ProcessReading;
import dev.touchstone.harness.evidence.ProcessStat;
import dev.touchstone.harness.evidence.ProcessTree;
import dev.touchstone.harness.evidence.Reading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToDoubleFunction;

/**
 * Host samples of an honest worker on an H200: 16 GB of tensors in 18 GB of GPU memory, 100 tokens/s, one sample each
 * 40 ms. A test changes what its worker does otherwise. All goes through JSON, as a recorded run does.
 */
final class Recorded {
    static final long GB = 1_000_000_000L;
    static final long MB = 1_000_000L;
    static final long TENSORS = 16 * GB;
    static final int PID = 321;
    static final int STEP_MILLIS = 40;

    String unreadableGpu = "";
    String unreadableProcess = "";
    String unreadableMappings = "";
    boolean initialPidNamespace = true;
    boolean gpm = true;
    boolean pcieCounter = true;
    int stepMillis = STEP_MILLIS;
    List<ProcessVram> listed = List.of(new ProcessVram(PID, Reading.of(18 * GB)));
    long used = 18 * GB + 4 * MB;
    double receivedPerSecond = 3 * MB;
    LongToDoubleFunction smAtMillis = _ -> 97;
    LongToDoubleFunction dramAtMillis = _ -> 89;
    double cores = 1.0;
    long anonymous = 900 * MB;
    long shared = 20 * MB;
    long pinned;
    long swapped;
    long startTicks = 5_000;
    long diskPerSecond;
    long readCallsPerSecond = 20_000;
    long restartAfterMillis = Long.MAX_VALUE;
    final List<FileMapping> mappings =
            new ArrayList<>(List.of(new FileMapping("/usr/lib/libcudart.so.13", 700 * MB, 90 * MB, 0)));
    final List<ProcessReading> children = new ArrayList<>();
    boolean secondGpu;
    String index = "0";

    /** One look. */
    HostSamples once() {
        return through(List.of(sample(0)));
    }

    /** Looks for so long. */
    HostSamples seconds(int seconds) {
        List<HostSample> samples = new ArrayList<>();
        for (long millis = 0; millis <= seconds * 1000L; millis += stepMillis) {
            samples.add(sample(millis));
        }
        return through(samples);
    }

    private HostSamples through(List<HostSample> samples) {
        var facts = new HostFacts("box", Reading.of("580.65"), Reading.of(initialPidNamespace));
        var host = new HostSamples(facts, PID, Instant.parse("2026-11-24T10:00:00Z"), samples);
        return HostSamples.fromJson(host.toJson());
    }

    private HostSample sample(long millis) {
        return new HostSample(millis * MB, gpus(millis), process(millis));
    }

    private Reading<List<DeviceReading>> gpus(long millis) {
        if (!unreadableGpu.isEmpty()) {
            return Reading.none(unreadableGpu);
        }
        List<DeviceReading> devices = new ArrayList<>(List.of(device(millis)));
        if (secondGpu) {
            devices.add(new DeviceReading(
                    "1",
                    "NVIDIA H200",
                    "GPU-2",
                    Reading.of(new DeviceMemory(150 * GB, 149 * GB, GB)),
                    Reading.of(List.of()),
                    Reading.of(new GpuUtilization(0, 0)),
                    Reading.of(new PcieCounters(0, 0)),
                    Reading.none("no GPM")));
        }
        return Reading.of(devices);
    }

    private DeviceReading device(long millis) {
        long received = (long) (receivedPerSecond * millis / 1000);
        return new DeviceReading(
                index,
                "NVIDIA H200",
                "GPU-1",
                Reading.of(new DeviceMemory(150 * GB, 150 * GB - used, used)),
                Reading.of(listed),
                Reading.of(new GpuUtilization(
                        (long) smAtMillis.applyAsDouble(millis), (long) dramAtMillis.applyAsDouble(millis))),
                pcieCounter
                        ? Reading.of(new PcieCounters(9, (4_294_900_000L + received) % (1L << 32)))
                        : Reading.none("field 198: not supported by this device"),
                gpm(millis));
    }

    /** Every third sample has a window of 120 ms that ends there. */
    private Reading<GpmReading> gpm(long millis) {
        if (!gpm) {
            return Reading.none("this GPU has no GPM counters (they begin with Hopper)");
        }
        if (millis == 0 || millis % 120 != 0) {
            return Reading.none("too soon after the last GPM sample");
        }
        return Reading.of(new GpmReading(
                120 * MB,
                Reading.of(smAtMillis.applyAsDouble(millis)),
                Reading.of(dramAtMillis.applyAsDouble(millis)),
                Reading.of(2.0 * MB),
                Reading.of(receivedPerSecond)));
    }

    private Reading<ProcessTree> process(long millis) {
        if (!unreadableProcess.isEmpty()) {
            return Reading.none(unreadableProcess);
        }
        long ticks = 700 + (long) (cores * millis / 10);
        long start = millis > restartAfterMillis ? startTicks + 900 : startTicks;
        var stat = new ProcessStat(PID, 1, "worker", ticks, 0, start);
        var memory = new HostMemory(
                anonymous,
                shared,
                100 * MB,
                swapped,
                0,
                pinned,
                0,
                Reading.of(new HostMemory.Proportional(anonymous, shared)));
        var io = new IoCounters(17 * GB + readCallsPerSecond * millis / 1000, 16 * GB + diskPerSecond * millis / 1000);
        List<ProcessReading> all = new ArrayList<>();
        all.add(new ProcessReading(
                stat,
                Reading.of(memory),
                Reading.of(io),
                unreadableMappings.isEmpty() ? Reading.of(List.copyOf(mappings)) : Reading.none(unreadableMappings)));
        all.addAll(children);
        return Reading.of(new ProcessTree(all));
    }

    static ProcessReading child(int pid, long anonymous, long proportional) {
        return new ProcessReading(
                new ProcessStat(pid, PID, "runner", 9_000, 0, 6_000),
                Reading.of(new HostMemory(
                        anonymous, 0, 0, 0, 0, 0, 0, Reading.of(new HostMemory.Proportional(proportional, 0)))),
                Reading.of(new IoCounters(0, 0)),
                Reading.of(List.of()));
    }
}
