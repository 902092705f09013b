package dev.touchstone.harness.check;

import dev.touchstone.harness.evidence.DeviceReading;
import dev.touchstone.harness.evidence.DeviceReading.ProcessVram;
import dev.touchstone.harness.evidence.HostFacts;
import dev.touchstone.harness.evidence.HostSample;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.ProcessTree;
import dev.touchstone.harness.evidence.Reading;
import java.util.List;
import java.util.Optional;

/**
 * GPU memory at one moment.
 *
 * @param ofProcess whether it is that of the process and its descendants; else all that is in use on the GPUs
 * @param uuids of the devices, where it is theirs
 * @param others how many processes of others NVML lists there, as far as that can be told
 */
record VramLevel(long bytes, boolean ofProcess, String uuids, int others) {

    /** The level at the last sample. */
    static Reading<VramLevel> last(HostSamples host) {
        return host.last()
                .map(sample -> of(host.facts(), sample))
                .orElseGet(() -> Reading.none("the host was not looked at"));
    }

    static Reading<VramLevel> of(HostFacts facts, HostSample sample) {
        return sample.gpus().then(devices -> sample.process().then(tree -> of(facts, devices, tree)));
    }

    private static Reading<VramLevel> of(HostFacts facts, List<DeviceReading> devices, ProcessTree tree) {
        long bytes = 0;
        boolean listed = false;
        for (DeviceReading device : devices) {
            for (ProcessVram one : device.processes().found().orElse(List.of())) {
                Optional<Long> held = one.bytes().found();
                if (tree.holds(one.pid()) && held.isPresent()) {
                    bytes += held.get();
                    listed = true;
                }
            }
        }
        return listed || notOnAny(facts, devices, tree)
                ? Reading.of(new VramLevel(bytes, true, "", 0))
                : ofDevices(devices);
    }

    /**
     * Whether the process surely holds nothing: NVML lists processes here by ids that mean the same to us, and it is not
     * among them. Empty lists show nothing, for some containers and virtual machines hide all processes.
     */
    private static boolean notOnAny(HostFacts facts, List<DeviceReading> devices, ProcessTree tree) {
        boolean allRead = devices.stream().allMatch(d -> d.processes().found().isPresent());
        List<ProcessVram> all = devices.stream()
                .flatMap(d -> d.processes().found().orElse(List.of()).stream())
                .toList();
        return allRead
                && !all.isEmpty()
                && all.stream().noneMatch(p -> tree.holds(p.pid()))
                && facts.initialPidNamespace().found().orElse(false);
    }

    /** The level of all the devices of a host, whoever uses them. */
    static Reading<VramLevel> ofDevices(HostSamples host) {
        return host.last()
                .map(HostSample::gpus)
                .orElseGet(() -> Reading.none("the host was not looked at"))
                .then(VramLevel::ofDevices);
    }

    private static Reading<VramLevel> ofDevices(List<DeviceReading> devices) {
        long used = 0;
        int listed = 0;
        StringBuilder uuids = new StringBuilder();
        for (DeviceReading device : devices) {
            Optional<DeviceReading.DeviceMemory> memory = device.memory().found();
            if (memory.isEmpty()) {
                return Reading.none(device.memory().reason());
            }
            used += memory.get().used();
            listed += device.processes().found().map(List::size).orElse(0);
            uuids.append(device.uuid()).append(' ');
        }
        return Reading.of(new VramLevel(used, false, uuids.toString().strip(), Math.max(0, listed - 1)));
    }

    /** Says what the number is of. */
    String source() {
        return ofProcess ? "NVML's memory of the process" : "the memory in use on the GPU";
    }
}
