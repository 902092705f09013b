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
import java.util.stream.Stream;

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
    String unreadableDeviceMemory = "";
    String unreadableHostMemory = "";
    String unreadableIo = "";
    String unreadableUtilization = "";
    String unreadableSecondList = "";
    String uuid = "GPU-1";
    boolean initialPidNamespace = true;
    boolean gpm = true;
    boolean pcieCounter = true;
    int stepMillis = STEP_MILLIS;
    List<ProcessVram> listed = List.of(new ProcessVram(PID, Reading.of(18 * GB)));
    List<ProcessVram> listedOnSecond = List.of();
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
        return between(0, seconds * 1000);
    }

    /** Those looks that were taken from one moment to another, both included. */
    HostSamples between(int fromMillis, int toMillis) {
        List<HostSample> samples = new ArrayList<>();
        for (long millis = 0; millis <= toMillis; millis += stepMillis) {
            if (millis >= fromMillis) {
                samples.add(sample(millis));
            }
        }
        return through(samples);
    }

    /** One look after the other, each at a host of its own. */
    static HostSamples inTurn(Recorded... hosts) {
        HostSamples first = hosts[0].once();
        return new HostSamples(
                first.facts(),
                first.pid(),
                first.startedAt(),
                Stream.of(hosts).map(h -> h.once().samples().getFirst()).toList());
    }

    /** No look at all. */
    HostSamples unseen() {
        HostSamples once = once();
        return new HostSamples(once.facts(), once.pid(), once.startedAt(), List.of());
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
                    unlessUnreadable(unreadableSecondList, listedOnSecond),
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
                uuid,
                unlessUnreadable(unreadableDeviceMemory, new DeviceMemory(150 * GB, 150 * GB - used, used)),
                Reading.of(listed),
                unlessUnreadable(
                        unreadableUtilization, new GpuUtilization((long) smAtMillis.applyAsDouble(millis), (long)
                                dramAtMillis.applyAsDouble(millis))),
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
                unlessUnreadable(unreadableHostMemory, memory),
                unlessUnreadable(unreadableIo, io),
                unlessUnreadable(unreadableMappings, List.copyOf(mappings))));
        all.addAll(children);
        return Reading.of(new ProcessTree(all));
    }

    private static <T> Reading<T> unlessUnreadable(String why, T value) {
        return why.isEmpty() ? Reading.of(value) : Reading.none(why);
    }

    static ProcessReading child(int pid, long anonymous, long proportional) {
        return child(pid, anonymous, 0, 0, Reading.of(new HostMemory.Proportional(proportional, 0)));
    }

    static ProcessReading childWithoutShares(int pid, long anonymous) {
        return child(pid, anonymous, 0, 0, Reading.none("no smaps_rollup"));
    }

    /** All of it its own. */
    static ProcessReading childWithHugePages(int pid, long anonymous, long shared, long huge) {
        return child(pid, anonymous, shared, huge, Reading.of(new HostMemory.Proportional(anonymous, shared)));
    }

    private static ProcessReading child(
            int pid, long anonymous, long shared, long huge, Reading<HostMemory.Proportional> shares) {
        return new ProcessReading(
                new ProcessStat(pid, PID, "runner", 9_000, 0, 6_000),
                Reading.of(new HostMemory(anonymous, shared, 0, 0, 0, 0, huge, shares)),
                Reading.of(new IoCounters(0, 0)),
                Reading.of(List.of()));
    }
}
