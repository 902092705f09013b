package dev.touchstone.features.teeth.host;

import dev.touchstone.features.run.HostEvidence;
import dev.touchstone.features.teeth.wire.TrafficChange;
import dev.touchstone.harness.evidence.HostProbe;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A host as it was recorded, for one run: the probes are fed from the recording, and the live worker is made to look
 * like the one that was recorded. The replay begins with the first question and goes on with the time on the wall; since
 * tokens are paced as they came then, as much goes with each token as went then. A leak goes on with what it is a leak
 * by ({@link Drive}). Thread-safe.
 */
public final class RecordedHost {

    private final Recording recording;
    private final HostFaults.Case wrong;
    private final Replay replay;
    private final Served served = new Served();
    private final ReplayClock clock;
    private final AtomicLong looks = new AtomicLong();

    private RecordedHost(HostFaults.Case wrong) {
        this.wrong = wrong;
        this.recording = Recording.of(wrong.mode());
        this.replay = new Replay(recording.samples());
        this.clock = new ReplayClock(wrong.drive().nanos(recording, served));
    }

    /** The ids of all faults of layer {@code host}. */
    public static List<String> faults() {
        return HostFaults.ids();
    }

    /** A fresh host with that fault. */
    public static Optional<RecordedHost> withFault(String id) {
        return HostFaults.named(id).map(RecordedHost::new);
    }

    /** A fresh host of an honest worker. */
    public static RecordedHost honest() {
        return new RecordedHost(HostFaults.HONEST);
    }

    /** What the traffic of a worker on the CPU is changed by. */
    public TrafficChange traffic() {
        return new PretendedGpu(
                () -> wrong.claim().applyAsLong(replay.vram(clock.nanos())),
                recording.stepsPerSecond(),
                served,
                System::nanoTime);
    }

    /** What the run looks at. */
    public HostEvidence evidence() {
        return new HostEvidence(recording.samples().pid(), recording.weights(), this::probe);
    }

    private HostProbe probe() {
        return new RecordedProbe(recording, replay, clock, looks::incrementAndGet);
    }

    /** How often the recording was looked at. */
    public long looks() {
        return looks.get();
    }

    /** What the evidence is, one sentence. */
    public String words() {
        return recording.words();
    }
}
