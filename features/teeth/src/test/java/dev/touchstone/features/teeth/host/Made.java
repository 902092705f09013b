package dev.touchstone.features.teeth.host;

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
import java.util.stream.IntStream;

/** A recording of 1 s, a sample each 100 ms, of which everything grows by whole numbers. */
final class Made {

    static final long ROOT = 7;
    static final long CHILD = 8;
    static final long MILLI = 1_000_000;
    static final long SAMPLE_MILLIS = 100;
    static final int LAST = 10;

    private Made() {}

    static Recording recording() {
        return new Recording("made", 1000, 100, samples());
    }

    static HostSamples samples() {
        var facts = new HostFacts("host", Reading.of("1.2"), Reading.of(true));
        return new HostSamples(
                facts,
                ROOT,
                Instant.parse("2026-11-24T15:35:13Z"),
                IntStream.rangeClosed(0, LAST).mapToObj(Made::sample).toList());
    }

    private static HostSample sample(int n) {
        return new HostSample(
                n * SAMPLE_MILLIS * MILLI, Reading.of(List.of(device(n))), Reading.of(new ProcessTree(processes(n))));
    }

    private static DeviceReading device(int n) {
        long bytes = 1000 + 10L * n;
        return new DeviceReading(
                "0",
                "GPU of paper",
                "GPU-1",
                Reading.of(new DeviceMemory(5000, 4000 - 10L * n, bytes)),
                Reading.of(List.of(new ProcessVram(ROOT, Reading.of(bytes)))),
                Reading.of(new GpuUtilization(99, 98)),
                Reading.of(new PcieCounters(0, (4_294_967_000L + 1000L * n) % (1L << 32))),
                // windows of 200 ms, the SMs busy in every other one
                n > 0 && n % 2 == 0 ? Reading.of(window(n % 4 == 0 ? 0 : 80)) : Reading.none("too soon"));
    }

    private static GpmReading window(double sm) {
        return new GpmReading(200 * MILLI, Reading.of(sm), Reading.of(sm), Reading.of(1.0), Reading.of(2.0));
    }

    /** The root throughout, and a child in the first half. */
    private static List<ProcessReading> processes(int n) {
        List<ProcessReading> all = new ArrayList<>(List.of(process(ROOT, n)));
        if (n < LAST / 2) {
            all.add(process(CHILD, n));
        }
        return all;
    }

    private static ProcessReading process(long pid, int n) {
        var mappings = List.of(new FileMapping("/w.gguf", 10, 5, 0));
        return new ProcessReading(
                new ProcessStat(pid, 1, "made", 10L * n, 0, 3000),
                Reading.of(
                        new HostMemory(100 + n, 0, 0, 2L * n, 0, 0, 0, Reading.of(new HostMemory.Proportional(1, 2)))),
                Reading.of(new IoCounters(500L * n, 300L * n)),
                n == LAST ? Reading.of(mappings) : Reading.none("a quick look leaves the mappings out"));
    }
}
