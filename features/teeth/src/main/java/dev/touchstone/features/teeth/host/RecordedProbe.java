package dev.touchstone.features.teeth.host;

import dev.touchstone.harness.evidence.Depth;
import dev.touchstone.harness.evidence.DeviceReading.GpmReading;
import dev.touchstone.harness.evidence.HostFacts;
import dev.touchstone.harness.evidence.HostProbe;
import dev.touchstone.harness.evidence.HostSample;
import dev.touchstone.harness.evidence.Reading;
import java.util.List;
import java.util.OptionalLong;

/**
 * Looks at a recording instead of a host, as {@code LocalHostProbe} looks at one: GPM gives averages since the last time
 * that this probe got some. Thread-safe.
 */
final class RecordedProbe implements HostProbe {

    /** As the driver has it: between two samples of GPM. */
    private static final long SHORTEST_WINDOW = 120_000_000;

    private final Recording recording;
    private final Replay replay;
    private final ReplayClock clock;
    private final Runnable looked;
    private OptionalLong window = OptionalLong.empty();
    private boolean closed;

    /** @param looked run at each look */
    RecordedProbe(Recording recording, Replay replay, ReplayClock clock, Runnable looked) {
        this.recording = recording;
        this.replay = replay;
        this.clock = clock;
        this.looked = looked;
    }

    /** Says that the host is a recorded one. */
    @Override
    public HostFacts facts() {
        HostFacts facts = recording.samples().facts();
        return new HostFacts(recording.words(), facts.driver(), facts.initialPidNamespace());
    }

    @Override
    public synchronized HostSample look(long pid, Depth depth, long nanos) {
        if (closed) {
            return new HostSample(nanos, Reading.none("the probe is closed"), Reading.none("the probe is closed"));
        }
        looked.run();
        long now = clock.nanos();
        return new HostSample(
                nanos,
                Reading.of(List.of(replay.gpu(now, gpm(now)))),
                pid == recording.samples().pid()
                        ? Reading.of(replay.processes(now, depth))
                        : Reading.none("process " + pid + " is not in the recording"));
    }

    private Reading<GpmReading> gpm(long now) {
        if (window.isPresent() && now - window.getAsLong() < SHORTEST_WINDOW) {
            return Reading.none("too soon after the last GPM sample");
        }
        Reading<GpmReading> result = window.isPresent()
                ? replay.gpm(window.getAsLong(), now)
                : Reading.none("the first GPM sample: two are needed");
        window = OptionalLong.of(now);
        return result;
    }

    @Override
    public Reading<Long> listenerOn(int port) {
        return Reading.of(recording.samples().pid());
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
