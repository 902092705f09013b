package dev.touchstone.harness.check;

import dev.touchstone.harness.evidence.ByteCount;
import dev.touchstone.harness.evidence.DeviceReading;
import dev.touchstone.harness.evidence.HostSample;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.IoCounters;
import dev.touchstone.harness.evidence.ProcessReading;
import dev.touchstone.harness.evidence.ProcessStat;
import dev.touchstone.harness.evidence.ProcessTree;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** Judges VR-08: after loading, the model is not read again. */
public final class DiskReads {
    private static final String RULE = "VR-08";
    private static final int LEAST_GENERATIONS = 20;
    private static final double SHARE = 0.01;

    private DiskReads() {}

    /**
     * Judges several generations.
     *
     * @param during samples from before the first to after the last
     */
    public static Verdict judge(
            ResidencyClaim claim, ModelFacts model, HostSamples during, int generations, HostBudgets budgets) {
        Optional<Verdict> unsupported = claim.unsupported(RULE);
        if (unsupported.isPresent()) {
            return unsupported.get();
        }
        if (during.samples().size() < 2) {
            return new Verdict.Inconclusive(RULE, "two looks at the host are needed");
        }
        HostSample first = during.samples().getFirst();
        HostSample last = during.samples().getLast();
        if (first.process().found().isEmpty()) {
            return new Verdict.Inconclusive(
                    RULE,
                    "the worker's process cannot be read: " + first.process().reason());
        }
        var findings = new Findings(RULE);
        sameProcess(during, first, findings);
        Reading<IoCounters> read = read(first, last);
        Reading<ModelFacts.Size> size = model.size(claim);
        read.found().ifPresent(io -> size.found().ifPresent(s -> compare(io, s, budgets, findings)));
        if (!findings.none()) {
            return findings.broken();
        }
        if (read.found().isEmpty() || size.found().isEmpty()) {
            return new Verdict.Inconclusive(RULE, (read.found().isEmpty() ? read : size).reason());
        }
        return clear(read.found().get(), size.found().get(), generations);
    }

    private static void compare(IoCounters io, ModelFacts.Size size, HostBudgets budgets, Findings findings) {
        double allowed = SHARE * size.most();
        if (io.fromDisk() > allowed) {
            findings.add(
                    "less than %s read from the disk, 1%% of %s".formatted(ByteCount.text(allowed), size.source()),
                    "it was " + ByteCount.text(io.fromDisk()));
        }
        if (io.readCalls() > Math.max(allowed, budgets.callBytes())) {
            findings.add(
                    "less than %s by read calls, from the page cache too"
                            .formatted(ByteCount.text(Math.max(allowed, budgets.callBytes()))),
                    "it was " + ByteCount.text(io.readCalls()));
        }
    }

    private static Verdict clear(IoCounters io, ModelFacts.Size size, int generations) {
        String seen = "%s from the disk and %s by read calls during %d generations of one process"
                .formatted(ByteCount.text(io.fromDisk()), ByteCount.text(io.readCalls()), generations);
        if (generations < LEAST_GENERATIONS) {
            return new Verdict.Inconclusive(RULE, seen + "; 20 generations are needed");
        }
        double allowed = SHARE * size.least();
        return io.fromDisk() < allowed && io.readCalls() < allowed
                ? new Verdict.Held(RULE, "%s, under 1%% of %s".formatted(seen, ByteCount.text(size.least())))
                : new Verdict.Inconclusive(
                        RULE,
                        seen + ": too near to 1% of the model to tell it from sockets and logs, " + size.source());
    }

    /**
     * The root must live on, and so must whoever of its family is first seen to hold the GPU's memory: not always in the
     * first sample, for a process that has just started may not be known as one of the family yet.
     */
    private static void sameProcess(HostSamples during, HostSample first, Findings findings) {
        ProcessTree before = first.process().found().orElseThrow();
        List<ProcessReading> holders = List.of();
        for (HostSample sample : during.samples()) {
            Optional<ProcessTree> now = sample.process().found();
            boolean alive = now.filter(
                            t -> t.root().stat().sameProcess(before.root().stat()))
                    .isPresent();
            if (!alive) {
                findings.add("the same process throughout", gone(before.root().stat(), sample));
                return;
            }
            holders = holders.isEmpty() ? holders(sample, now.orElseThrow()) : holders;
            for (ProcessReading holder : holders) {
                boolean there = now.orElseThrow().processes().stream()
                        .anyMatch(p -> p.stat().sameProcess(holder.stat()));
                if (!there) {
                    findings.add("the same process throughout", gone(holder.stat(), sample));
                    return;
                }
            }
        }
    }

    private static String gone(ProcessStat stat, HostSample sample) {
        return "process %d (%s), started at tick %d, was gone after %s"
                .formatted(stat.pid(), stat.command(), stat.startTicks(), Shown.millis(sample.nanos()));
    }

    private static List<ProcessReading> holders(HostSample sample, ProcessTree tree) {
        List<DeviceReading> devices = sample.gpus().found().orElse(List.of());
        return tree.processes().stream()
                .filter(p -> devices.stream()
                        .flatMap(d -> d.processes().found().orElse(List.of()).stream())
                        .anyMatch(v -> v.pid() == p.stat().pid()))
                .toList();
    }

    private static Reading<IoCounters> read(HostSample first, HostSample last) {
        return total(first)
                .then(from -> total(last)
                        .then(to -> Reading.of(new IoCounters(
                                Math.max(0, to.readCalls() - from.readCalls()),
                                Math.max(0, to.fromDisk() - from.fromDisk())))));
    }

    /** Of the whole family: a child that ended counts in its parent from then on. */
    private static Reading<IoCounters> total(HostSample sample) {
        return sample.process().then(tree -> {
            long calls = 0;
            long disk = 0;
            for (ProcessReading process : tree.processes()) {
                Optional<IoCounters> io = process.io().found();
                if (io.isEmpty()) {
                    return Reading.none(process.io().reason());
                }
                calls += io.get().readCalls();
                disk += io.get().fromDisk();
            }
            return Reading.of(new IoCounters(calls, disk));
        });
    }
}
