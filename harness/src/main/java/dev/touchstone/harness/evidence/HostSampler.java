package dev.touchstone.harness.evidence;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Looks at the host again and again, on a thread of its own, while an action runs: once before it, once after it, and at
 * the interval between. Thread-safe.
 */
public final class HostSampler {

    /** Close enough for the PCIe counters, see {@link WrappingCounter#SAFE_GAP}. */
    public static final Duration INTERVAL = Duration.ofMillis(40);

    private final HostProbe probe;
    private final Duration interval;
    private final InstantSource wall;
    private final LongSupplier nanoTime;

    public HostSampler(HostProbe probe) {
        this(probe, INTERVAL, InstantSource.system(), System::nanoTime);
    }

    /**
     * @param interval from the start of one look to the start of the next; a look that takes longer delays the next
     * @param nanoTime monotonic, in nanoseconds
     */
    public HostSampler(HostProbe probe, Duration interval, InstantSource wall, LongSupplier nanoTime) {
        this.probe = probe;
        this.interval = interval;
        this.wall = wall;
        this.nanoTime = nanoTime;
    }

    /** One look, with file mappings. */
    public HostSamples once(long pid) {
        return new HostSamples(probe.facts(), pid, wall.instant(), List.of(probe.look(pid, Depth.WITH_MAPPINGS, 0)));
    }

    /**
     * Runs the action on the calling thread and samples meanwhile.
     *
     * @throws Exception what the action throws; what was sampled is lost then
     */
    public <T> Sampled<T> during(long pid, Callable<T> action) throws Exception {
        var before = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        var sampling = new FutureTask<>(() -> sample(pid, before, over));
        Thread thread = Thread.ofPlatform().name("host-sampler").daemon().start(sampling);
        try {
            before.await();
            T result = action.call();
            over.countDown();
            return new Sampled<>(result, samplesOf(sampling));
        } finally {
            over.countDown();
            thread.join();
        }
    }

    private static HostSamples samplesOf(FutureTask<HostSamples> sampling) throws InterruptedException {
        try {
            return sampling.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("The host could not be sampled: " + e.getCause(), e);
        }
    }

    private HostSamples sample(long pid, CountDownLatch before, CountDownLatch over) throws InterruptedException {
        try {
            // the first look pays for what a program does only once, and would leave a gap that is none of the worker's
            probe.look(pid, Depth.QUICK, 0);
            List<HostSample> samples = new ArrayList<>();
            var startedAt = wall.instant();
            long zero = nanoTime.getAsLong();
            samples.add(probe.look(pid, Depth.QUICK, 0));
            before.countDown();
            long next = zero + interval.toNanos();
            while (!over.await(Math.max(0, next - nanoTime.getAsLong()), TimeUnit.NANOSECONDS)) {
                samples.add(probe.look(pid, Depth.QUICK, nanoTime.getAsLong() - zero));
                next = Math.max(next + interval.toNanos(), nanoTime.getAsLong());
            }
            samples.add(probe.look(pid, Depth.WITH_MAPPINGS, nanoTime.getAsLong() - zero));
            return new HostSamples(probe.facts(), pid, startedAt, samples);
        } finally {
            before.countDown();
        }
    }
}
