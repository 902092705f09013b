package dev.touchstone.harness.check;

import dev.touchstone.harness.evidence.ByteCount;
import dev.touchstone.harness.evidence.HostMemory;
import dev.touchstone.harness.evidence.HostSample;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.ProcessReading;
import dev.touchstone.harness.evidence.ProcessTree;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.verdict.Verdict;
import java.util.Optional;

/** Judges LI-05: host memory does not grow with the jobs that a worker has done. */
public final class FlatHostMemory {
    private static final String RULE = "LI-05";
    private static final int WARM_JOBS = 100;
    private static final int ALL_JOBS = 500;
    private static final double SHARE = 0.05;

    private FlatHostMemory() {}

    /**
     * A look after so many jobs.
     *
     * @param host of several samples the lowest counts, so that a garbage collector's saw-tooth is no growth
     */
    public record Mark(int jobs, HostSamples host) {}

    /** Judges two looks, after about the 100th and after the 500th job. */
    public static Verdict judge(Mark warm, Mark end) {
        Reading<Long> first = lowest(warm.host());
        Reading<Long> last = lowest(end.host());
        if (first.found().isEmpty() || last.found().isEmpty()) {
            return new Verdict.Inconclusive(
                    RULE,
                    "the worker's memory cannot be read: " + (first.found().isEmpty() ? first : last).reason());
        }
        return compare(warm, first.found().get(), end, last.found().get());
    }

    private static Verdict compare(Mark warm, long from, Mark end, long to) {
        int jobs = end.jobs() - warm.jobs();
        String seen = "anonymous and swapped memory was %s after job %d and %s after job %d"
                .formatted(ByteCount.text(from), warm.jobs(), ByteCount.text(to), end.jobs());
        if (!sameRoot(warm.host(), end.host())) {
            return new Verdict.Inconclusive(RULE, "the process was replaced between the two looks: " + seen);
        }
        if (from == 0) {
            return new Verdict.Inconclusive(RULE, "the process has no anonymous memory that could grow");
        }
        if (warm.jobs() < WARM_JOBS) {
            return new Verdict.Inconclusive(RULE, seen + "; the first look must come after job 100");
        }
        if (to - from >= SHARE * from) {
            String each = ByteCount.text((double) (to - from) / Math.max(1, jobs));
            return new Findings(RULE)
                    .add("growth of less than 5%", "%s, %s a job".formatted(seen, each))
                    .broken();
        }
        return jobs < ALL_JOBS - WARM_JOBS
                ? new Verdict.Inconclusive(RULE, seen + "; 400 jobs between the looks are needed")
                : new Verdict.Held(RULE, seen);
    }

    private static boolean sameRoot(HostSamples warm, HostSamples end) {
        Optional<ProcessTree> first = warm.first().flatMap(s -> s.process().found());
        Optional<ProcessTree> last = end.last().flatMap(s -> s.process().found());
        return first.isPresent()
                && last.filter(t ->
                                t.root().stat().sameProcess(first.get().root().stat()))
                        .isPresent();
    }

    private static Reading<Long> lowest(HostSamples host) {
        Reading<Long> lowest = Reading.none("the host was not looked at");
        for (HostSample sample : host.samples()) {
            Reading<Long> now = sample.process().then(FlatHostMemory::sum);
            boolean lower = now.found().isPresent()
                    && lowest.found().filter(l -> l <= now.found().get()).isEmpty();
            if (lower || lowest.found().isEmpty()) {
                lowest = now;
            }
        }
        return lowest;
    }

    private static Reading<Long> sum(ProcessTree tree) {
        long sum = 0;
        for (ProcessReading process : tree.processes()) {
            Optional<HostMemory> memory = process.memory().found();
            if (memory.isEmpty()) {
                return Reading.none(process.memory().reason());
            }
            sum += memory.get().anonymous() + memory.get().swapped();
        }
        return Reading.of(sum);
    }
}
