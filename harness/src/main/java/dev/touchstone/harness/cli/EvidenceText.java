package dev.touchstone.harness.cli;

import dev.touchstone.harness.evidence.ByteCount;
import dev.touchstone.harness.evidence.DeviceReading;
import dev.touchstone.harness.evidence.DeviceReading.GpmReading;
import dev.touchstone.harness.evidence.DeviceReading.PcieCounters;
import dev.touchstone.harness.evidence.FileMapping;
import dev.touchstone.harness.evidence.HostMemory;
import dev.touchstone.harness.evidence.HostSample;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.IoCounters;
import dev.touchstone.harness.evidence.ProcessReading;
import dev.touchstone.harness.evidence.ProcessTree;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.evidence.WrappingCounter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/** What a series of samples tells, in lines for people; each thing that it does not tell is one sentence at the end. */
final class EvidenceText {

    private static final int SHOWN_DESCENDANTS = 3;

    private final HostSamples host;
    private final HostSample first;
    private final HostSample last;
    private final List<String> lines = new ArrayList<>();
    private final Set<String> untold = new LinkedHashSet<>();

    private EvidenceText(HostSamples host, HostSample first, HostSample last) {
        this.host = host;
        this.first = first;
        this.last = last;
    }

    static List<String> of(HostSamples host) {
        return host.first()
                .flatMap(first -> host.last().map(last -> new EvidenceText(host, first, last).write()))
                .orElse(List.of("no look was taken"));
    }

    private List<String> write() {
        line("host", host.facts().host());
        line("driver", told(host.facts().driver(), version -> version));
        line(
                "process ids",
                told(
                        host.facts().initialPidNamespace(),
                        initial ->
                                initial ? "those that the driver counts by" : "of a container: NVML may list others"));
        line("looked", "%d times in %s s".formatted(host.samples().size(), number(seconds())));
        last.gpus().found().orElse(List.of()).forEach(this::device);
        told(last.gpus(), _ -> "");
        last.process().found().ifPresent(this::process);
        told(last.process(), _ -> "");
        untold.forEach(why -> lines.add("cannot be told: " + why + "."));
        return List.copyOf(lines);
    }

    private void device(DeviceReading device) {
        lines.add("GPU %s  %s  %s".formatted(device.index(), device.name(), device.uuid()));
        line(
                "memory",
                told(
                        device.memory(),
                        m -> "%s used of %s".formatted(ByteCount.text(m.used()), ByteCount.text(m.total()))));
        line(
                "processes",
                told(
                        device.processes(),
                        all -> all.isEmpty()
                                ? "none listed"
                                : String.join(
                                        ", ",
                                        all.stream()
                                                .map(p -> "%d: %s"
                                                        .formatted(p.pid(), told(p.bytes(), b -> ByteCount.text(b))))
                                                .toList())));
        line(
                "busy",
                told(
                        device.utilization(),
                        u -> "kernels in %d%%, memory in %d%% of the last period"
                                .formatted(u.gpuPercent(), u.memoryPercent())));
        line("GPM SM", statistics(device.uuid(), GpmReading::smPercent, v -> number(v) + "%"));
        line("GPM DRAM", statistics(device.uuid(), GpmReading::dramPercent, v -> number(v) + "%"));
        line("GPM PCIe in", statistics(device.uuid(), GpmReading::receivedPerSecond, v -> ByteCount.text(v) + "/s"));
        line("GPM PCIe out", statistics(device.uuid(), GpmReading::sentPerSecond, v -> ByteCount.text(v) + "/s"));
        line("PCIe in", counted(device.uuid(), PcieCounters::receivedBytes));
        line("PCIe out", counted(device.uuid(), PcieCounters::sentBytes));
        told(device.pcie(), _ -> "");
    }

    private void process(ProcessTree tree) {
        ProcessReading root = tree.root();
        lines.add("process %d  %s, %d descendants"
                .formatted(
                        root.stat().pid(),
                        root.stat().command(),
                        tree.processes().size() - 1));
        memory(root);
        tree.processes().stream()
                .skip(1)
                .sorted(Comparator.comparingLong(EvidenceText::resident).reversed())
                .limit(SHOWN_DESCENDANTS)
                .forEach(this::memory);
        line("weights", weights(tree));
        line(
                "CPU",
                told(
                        first.process(),
                        before -> "%s cores busy"
                                .formatted(number(tree.cpuSince(before).toNanos() / 1e9 / Math.max(seconds(), 1e-3)))));
        line(
                "reads",
                told(
                        first.process().then(before -> before.root().io()),
                        before -> told(root.io(), after -> reads(before, after))));
    }

    private void memory(ProcessReading process) {
        line(
                "memory of " + process.stat().pid(),
                told(
                        process.memory(),
                        m -> "anonymous %s, shared %s, files %s, swapped %s, locked %s, pinned %s"
                                .formatted(
                                        ByteCount.text(m.anonymous()),
                                        ByteCount.text(m.shared()),
                                        ByteCount.text(m.file()),
                                        ByteCount.text(m.swapped()),
                                        ByteCount.text(m.locked()),
                                        ByteCount.text(m.pinned()))));
    }

    private static long resident(ProcessReading process) {
        return process.memory().found().map(HostMemory::residentWithoutFiles).orElse(0L);
    }

    private String weights(ProcessTree tree) {
        List<String> mapped = new ArrayList<>();
        for (ProcessReading process : tree.processes()) {
            told(process.mappings(), _ -> "");
            process.mappings().found().orElse(List.of()).stream()
                    .filter(FileMapping::looksLikeWeights)
                    .map(m -> "%s: %s resident of %s mapped by %d"
                            .formatted(
                                    m.path(),
                                    ByteCount.text(m.resident()),
                                    ByteCount.text(m.mapped()),
                                    process.stat().pid()))
                    .forEach(mapped::add);
        }
        return mapped.isEmpty() ? "no GGUF or safetensors file seen mapped" : String.join("; ", mapped);
    }

    private static String reads(IoCounters before, IoCounters after) {
        return "%s from the disk, %s by read calls"
                .formatted(
                        ByteCount.text(after.fromDisk() - before.fromDisk()),
                        ByteCount.text(after.readCalls() - before.readCalls()));
    }

    private String statistics(
            String uuid, Function<GpmReading, Reading<Double>> metric, Function<Double, String> shown) {
        var statistics = new DoubleSummaryStatistics();
        String why = "it was not read";
        for (HostSample sample : host.samples()) {
            for (DeviceReading device : devices(sample, uuid)) {
                Reading<Double> value = device.gpm().then(metric::apply);
                value.found().ifPresent(statistics::accept);
                why = value.found().isPresent() ? why : value.reason();
            }
        }
        if (statistics.getCount() == 0) {
            untold.add(why);
            return "-";
        }
        return "%s on average, %s to %s in %d windows"
                .formatted(
                        shown.apply(statistics.getAverage()),
                        shown.apply(statistics.getMin()),
                        shown.apply(statistics.getMax()),
                        statistics.getCount());
    }

    private String counted(String uuid, Function<PcieCounters, Long> value) {
        var counter = new WrappingCounter();
        int readings = 0;
        for (HostSample sample : host.samples()) {
            for (DeviceReading device : devices(sample, uuid)) {
                if (device.pcie().found().isPresent()) {
                    counter.read(value.apply(device.pcie().found().get()), sample.nanos());
                    readings++;
                }
            }
        }
        return readings < 2
                ? "-"
                : "%s, %s/s by the counter%s"
                        .formatted(
                                ByteCount.text(counter.total()),
                                ByteCount.text(counter.total() / Math.max(seconds(), 1e-3)),
                                counter.exact() ? "" : ", or more: some looks were far apart");
    }

    private static List<DeviceReading> devices(HostSample sample, String uuid) {
        return sample.gpus().found().orElse(List.of()).stream()
                .filter(d -> d.uuid().equals(uuid))
                .toList();
    }

    private double seconds() {
        return host.spanNanos() / 1e9;
    }

    private <T> String told(Reading<T> reading, Function<T, String> text) {
        if (reading.found().isEmpty()) {
            untold.add(reading.reason());
            return "-";
        }
        return text.apply(reading.found().get());
    }

    private void line(String name, String text) {
        lines.add("  %-14s %s".formatted(name, text));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
