package dev.touchstone.features.teeth.host;

import dev.touchstone.harness.evidence.Depth;
import dev.touchstone.harness.evidence.HostMemory;
import dev.touchstone.harness.evidence.IoCounters;
import dev.touchstone.harness.evidence.ProcessReading;
import dev.touchstone.harness.evidence.ProcessStat;
import dev.touchstone.harness.evidence.ProcessTree;
import dev.touchstone.harness.evidence.Reading;
import java.util.Optional;

/**
 * Processes of a recording between its samples and after its end.
 *
 * @param first as they were at its first sample
 * @param last as they were at its last, the only one with mappings and shares
 * @param span of the recording, in nanoseconds
 */
record ProcessReplay(ProcessTree first, ProcessTree last, long span) {

    private static final long TICK_NANOS = 10_000_000;

    /**
     * A process at a moment.
     *
     * @param next the processes at the next sample
     * @param way how far the moment is on the way there, 0 to 1
     * @param round how often the recording has been gone through
     */
    ProcessReading at(ProcessReading process, ProcessTree next, double way, long round, Depth depth) {
        Optional<ProcessReading> begin = same(first, process);
        Optional<ProcessReading> end = same(last, process);
        // one that came or went meanwhile is another each time round, and begins anew
        boolean lives = begin.isPresent() && end.isPresent();
        ProcessReading from = lives ? begin.get() : process;
        ProcessReading to = lives ? end.get() : process;
        ProcessReading soon = same(next, process).orElse(process);
        return new ProcessReading(
                stat(process.stat(), soon.stat(), way, new Moved(from, to, round), lives ? 0 : round),
                process.memory().then(memory -> Reading.of(memory(memory, new Moved(from, to, round), end, depth))),
                process.io().then(io -> Reading.of(io(io, soon, way, new Moved(from, to, round)))),
                depth == Depth.WITH_MAPPINGS
                        ? end.map(ProcessReading::mappings)
                                .orElseGet(() -> Reading.none("no mappings of this process were recorded"))
                        : Reading.none("a quick look leaves the mappings out"));
    }

    private static Optional<ProcessReading> same(ProcessTree tree, ProcessReading process) {
        return tree.processes().stream()
                .filter(p -> p.stat().sameProcess(process.stat()))
                .findFirst();
    }

    /** By how much a process moved from the first sample to the last, so many times. */
    private record Moved(ProcessReading from, ProcessReading to, long times) {
        long cpuTicks() {
            return times * (to.stat().cpuTicks() - from.stat().cpuTicks());
        }

        long majorFaults() {
            return times * (to.stat().majorFaults() - from.stat().majorFaults());
        }

        Optional<IoCounters> io() {
            return from.io()
                    .found()
                    .flatMap(a -> to.io()
                            .found()
                            .map(b -> new IoCounters(
                                    times * (b.readCalls() - a.readCalls()), times * (b.fromDisk() - a.fromDisk()))));
        }
    }

    private ProcessStat stat(ProcessStat now, ProcessStat soon, double way, Moved moved, long anew) {
        return new ProcessStat(
                now.pid(),
                now.parent(),
                now.command(),
                on(now.cpuTicks(), soon.cpuTicks(), way) + moved.cpuTicks(),
                on(now.majorFaults(), soon.majorFaults(), way) + moved.majorFaults(),
                now.startTicks() + anew * (span / TICK_NANOS));
    }

    private static IoCounters io(IoCounters now, ProcessReading next, double way, Moved moved) {
        IoCounters soon = next.io().found().orElse(now);
        IoCounters more = moved.io().orElse(new IoCounters(0, 0));
        return new IoCounters(
                on(now.readCalls(), soon.readCalls(), way) + more.readCalls(),
                on(now.fromDisk(), soon.fromDisk(), way) + more.fromDisk());
    }

    private static HostMemory memory(HostMemory now, Moved moved, Optional<ProcessReading> end, Depth depth) {
        HostMemory a = moved.from().memory().found().orElse(now);
        HostMemory b = moved.to().memory().found().orElse(now);
        long times = moved.times();
        return new HostMemory(
                level(now.anonymous(), a.anonymous(), b.anonymous(), times),
                level(now.shared(), a.shared(), b.shared(), times),
                level(now.file(), a.file(), b.file(), times),
                level(now.swapped(), a.swapped(), b.swapped(), times),
                level(now.locked(), a.locked(), b.locked(), times),
                level(now.pinned(), a.pinned(), b.pinned(), times),
                level(now.huge(), a.huge(), b.huge(), times),
                depth == Depth.WITH_MAPPINGS
                        ? end.flatMap(process -> process.memory().found())
                                .map(HostMemory::proportional)
                                .orElseGet(() -> Reading.none("no shares of this process were recorded"))
                        : now.proportional());
    }

    private static long level(long now, long from, long to, long times) {
        return Math.max(0, now + times * (to - from));
    }

    private static long on(long from, long to, double way) {
        return from + (long) (way * (to - from));
    }
}
