package dev.touchstone.harness.check;

import dev.touchstone.harness.evidence.DeviceReading;
import dev.touchstone.harness.evidence.DeviceReading.ProcessVram;
import dev.touchstone.harness.evidence.HostSample;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.ProcessTree;
import dev.touchstone.harness.evidence.Reading;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The GPU that a process uses, through a series of samples.
 *
 * @param others how many processes of others were listed on it at most
 */
record DeviceUse(List<Moment> moments, int others) {

    /** Whether it is a part of a GPU (MIG), so that counters of the whole GPU are not the process's alone. */
    boolean part() {
        return moments.stream().anyMatch(m -> m.device().index().contains(":"));
    }

    /** One reading of the GPU, in nanoseconds since the first sample. */
    record Moment(long nanos, DeviceReading device) {}

    /** Says that others are there. */
    static String shared(int others) {
        return others == 1
                ? "another process uses the same GPU"
                : "%d other processes use the same GPU".formatted(others);
    }

    /** The GPU on which NVML lists the process, or the only one; none where that cannot be told. */
    static Reading<DeviceUse> of(HostSamples host) {
        if (host.samples().isEmpty()) {
            return Reading.none("the host was not looked at");
        }
        Optional<String> listed = host.samples().stream()
                .flatMap(s -> devices(s).stream().filter(d -> held(s, d) > 0))
                .max(Comparator.comparingLong(d -> listedBytes(host, d)))
                .map(DeviceReading::uuid);
        if (listed.isPresent()) {
            return Reading.of(use(host, listed.get()));
        }
        HostSample first = host.samples().getFirst();
        return first.gpus()
                .then(devices -> devices.size() == 1
                        ? Reading.of(use(host, devices.getFirst().uuid()))
                        : Reading.none(
                                "there are %d GPUs, and NVML lists the process on none".formatted(devices.size())));
    }

    private static DeviceUse use(HostSamples host, String uuid) {
        boolean sameIds = host.facts().initialPidNamespace().found().orElse(false);
        long zero = host.samples().getFirst().nanos();
        List<Moment> moments = host.samples().stream()
                .flatMap(s -> devices(s).stream()
                        .filter(d -> d.uuid().equals(uuid))
                        .map(d -> new Moment(s.nanos() - zero, d)))
                .toList();
        int others = 0;
        for (HostSample sample : host.samples()) {
            for (DeviceReading device : devices(sample)) {
                if (device.uuid().equals(uuid)) {
                    others = Math.max(others, foreign(sample, device, sameIds));
                }
            }
        }
        return new DeviceUse(moments, others);
    }

    private static int foreign(HostSample sample, DeviceReading device, boolean sameIds) {
        List<ProcessVram> listed = device.processes().found().orElse(List.of());
        int mine = (int) listed.stream()
                .filter(p -> tree(sample).filter(t -> t.holds(p.pid())).isPresent())
                .count();
        // where ids are of another namespace, one of those that look foreign is the process itself
        boolean hidden = mine == 0 && !sameIds && !listed.isEmpty();
        return listed.size() - (hidden ? 1 : mine);
    }

    private static long listedBytes(HostSamples host, DeviceReading device) {
        return host.samples().stream()
                .flatMapToLong(s -> devices(s).stream()
                        .filter(d -> d.uuid().equals(device.uuid()))
                        .mapToLong(d -> held(s, d)))
                .max()
                .orElse(0);
    }

    private static long held(HostSample sample, DeviceReading device) {
        return device.processes().found().orElse(List.of()).stream()
                .filter(p -> tree(sample).filter(t -> t.holds(p.pid())).isPresent())
                .mapToLong(p -> Math.max(1, p.bytes().found().orElse(1L)))
                .sum();
    }

    private static Optional<ProcessTree> tree(HostSample sample) {
        return sample.process().found();
    }

    private static List<DeviceReading> devices(HostSample sample) {
        return sample.gpus().found().orElse(List.of());
    }
}
