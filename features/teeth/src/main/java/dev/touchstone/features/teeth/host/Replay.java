package dev.touchstone.features.teeth.host;

import dev.touchstone.harness.evidence.Depth;
import dev.touchstone.harness.evidence.DeviceReading;
import dev.touchstone.harness.evidence.DeviceReading.DeviceMemory;
import dev.touchstone.harness.evidence.DeviceReading.GpmReading;
import dev.touchstone.harness.evidence.DeviceReading.PcieCounters;
import dev.touchstone.harness.evidence.DeviceReading.ProcessVram;
import dev.touchstone.harness.evidence.HostSample;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.ProcessTree;
import dev.touchstone.harness.evidence.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A recording as it would go on for ever: at any moment what was seen then, counters in between on a straight line. After
 * the recording's end it begins again, and counters and levels go on from where they were by as much as they moved
 * from the first sample to the last. Immutable.
 */
final class Replay {

    private static final long COUNTER_ROUND = 1L << 32;

    private final List<HostSample> samples;
    private final List<PcieCounters> pcie;
    private final GpmTimeline gpm;
    private final long span;

    Replay(HostSamples recorded) {
        samples = recorded.samples();
        span = recorded.spanNanos();
        gpm = new GpmTimeline(recorded);
        pcie = unwrapped(samples);
    }

    /** The recorded PCIe counters without their rounds of 32 bits; of samples further apart, at least what passed. */
    private static List<PcieCounters> unwrapped(List<HostSample> samples) {
        List<PcieCounters> all = new ArrayList<>();
        PcieCounters last = new PcieCounters(0, 0);
        for (HostSample sample : samples) {
            PcieCounters now = device(sample).pcie().found().orElse(last);
            last = all.isEmpty()
                    ? now
                    : new PcieCounters(
                            later(all.getLast().sentBytes(), now.sentBytes()),
                            later(all.getLast().receivedBytes(), now.receivedBytes()));
            all.add(last);
        }
        return all;
    }

    private static long later(long before, long now) {
        return before + Math.floorMod(now - before, COUNTER_ROUND);
    }

    private static DeviceReading device(HostSample sample) {
        return sample.gpus().found().orElseThrow().getFirst();
    }

    private static ProcessTree tree(HostSample sample) {
        return sample.process().found().orElseThrow();
    }

    /** Where a moment is: in which round through the recording, after which sample, how far on the way to the next. */
    private record Place(long round, int sample, double way) {}

    private Place place(long nanos) {
        long zero = samples.getFirst().nanos();
        long within = nanos % span;
        int at = 0;
        while (at + 2 < samples.size() && samples.get(at + 1).nanos() - zero <= within) {
            at++;
        }
        long from = samples.get(at).nanos() - zero;
        long to = samples.get(at + 1).nanos() - zero;
        return new Place(nanos / span, at, (double) (within - from) / (to - from));
    }

    /** The GPU at a moment, in nanoseconds since the first sample, with this reading of GPM. */
    DeviceReading gpu(long nanos, Reading<GpmReading> window) {
        Place place = place(nanos);
        DeviceReading then = device(samples.get(place.sample()));
        return new DeviceReading(
                then.index(),
                then.name(),
                then.uuid(),
                then.memory().then(memory -> Reading.of(memory(memory, place.round()))),
                then.processes().then(all -> Reading.of(held(all, place.round()))),
                then.utilization(),
                then.pcie().then(_ -> Reading.of(counters(place))),
                window);
    }

    /** The averages of GPM between two moments. */
    Reading<GpmReading> gpm(long from, long to) {
        return gpm.between(from, to);
    }

    private DeviceMemory memory(DeviceMemory memory, long round) {
        long more = round * (used(samples.getLast()) - used(samples.getFirst()));
        return new DeviceMemory(memory.total(), memory.free() - more, memory.used() + more);
    }

    private static long used(HostSample sample) {
        return device(sample).memory().found().map(DeviceMemory::used).orElse(0L);
    }

    private List<ProcessVram> held(List<ProcessVram> all, long round) {
        return all.stream()
                .map(one -> new ProcessVram(
                        one.pid(), one.bytes().then(bytes -> Reading.of(bytes + round * growth(one.pid())))))
                .toList();
    }

    private long growth(long pid) {
        Optional<Long> first = held(samples.getFirst(), pid);
        Optional<Long> last = held(samples.getLast(), pid);
        return first.isPresent() && last.isPresent() ? last.get() - first.get() : 0;
    }

    private static Optional<Long> held(HostSample sample, long pid) {
        return device(sample).processes().found().orElse(List.of()).stream()
                .filter(one -> one.pid() == pid)
                .findFirst()
                .flatMap(one -> one.bytes().found());
    }

    /** GPU memory that NVML lists for all the processes of the recording at a moment, in bytes. */
    long vram(long nanos) {
        return gpu(nanos, Reading.none("GPM is not asked for")).processes().found().orElse(List.of()).stream()
                .mapToLong(one -> one.bytes().found().orElse(0L))
                .sum();
    }

    private PcieCounters counters(Place place) {
        PcieCounters from = pcie.get(place.sample());
        PcieCounters to = pcie.get(place.sample() + 1);
        PcieCounters first = pcie.getFirst();
        PcieCounters last = pcie.getLast();
        long sent = on(from.sentBytes(), to.sentBytes(), place.way())
                + place.round() * (last.sentBytes() - first.sentBytes());
        long received = on(from.receivedBytes(), to.receivedBytes(), place.way())
                + place.round() * (last.receivedBytes() - first.receivedBytes());
        return new PcieCounters(sent % COUNTER_ROUND, received % COUNTER_ROUND);
    }

    private static long on(long from, long to, double way) {
        return from + (long) (way * (to - from));
    }

    /** The process and its descendants at a moment. */
    ProcessTree processes(long nanos, Depth depth) {
        Place place = place(nanos);
        var replay = new ProcessReplay(tree(samples.getFirst()), tree(samples.getLast()), span);
        return new ProcessTree(tree(samples.get(place.sample())).processes().stream()
                .map(process ->
                        replay.at(process, tree(samples.get(place.sample() + 1)), place.way(), place.round(), depth))
                .toList());
    }
}
