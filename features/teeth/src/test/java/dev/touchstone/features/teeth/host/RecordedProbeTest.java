package dev.touchstone.features.teeth.host;

import static dev.touchstone.features.teeth.host.Made.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.evidence.Depth;
import dev.touchstone.harness.evidence.DeviceReading;
import dev.touchstone.harness.evidence.HostSample;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecordedProbeTest {

    private static final long BEGIN = 77_000;

    private final AtomicLong now = new AtomicLong(BEGIN);
    private final AtomicInteger looks = new AtomicInteger();
    private final Recording recording = Made.recording();
    private final ReplayClock clock = new ReplayClock(now::get);

    private RecordedProbe probe() {
        return new RecordedProbe(recording, new Replay(recording.samples()), clock, looks::incrementAndGet);
    }

    private HostSample at(RecordedProbe probe, long millis) {
        now.set(BEGIN + millis * MILLI);
        return probe.look(Made.ROOT, Depth.QUICK, millis);
    }

    private static DeviceReading gpu(HostSample sample) {
        return sample.gpus().found().orElseThrow().getFirst();
    }

    @Test
    void givesGpmSinceTheLastTimeAndNotTooSoon() {
        RecordedProbe probe = probe();
        assertThat(gpu(at(probe, 0)).gpm().reason()).contains("two are needed");
        assertThat(gpu(at(probe, 100)).gpm().reason()).contains("too soon");
        assertThat(gpu(at(probe, 300)).gpm().found().orElseThrow().windowNanos())
                .isEqualTo(300 * MILLI);
        assertThat(gpu(at(probe, 400)).gpm().reason()).contains("too soon");
    }

    @Test
    void probesOfOneRunAgree() {
        at(probe(), 0);
        HostSample one = at(probe(), 450);
        HostSample other = at(probe(), 450);
        assertThat(one).isEqualTo(other);
        assertThat(one.nanos()).isEqualTo(450);
        assertThat(looks).hasValue(3);
    }

    @Test
    void knowsOnlyTheRecordedProcess() {
        HostSample sample = probe().look(Made.ROOT + 100, Depth.QUICK, 0);
        assertThat(sample.process().reason()).contains("not in the recording");
        assertThat(sample.gpus().found()).isPresent();
        assertThat(probe().listenerOn(80).found()).hasValue(Made.ROOT);
    }

    @Test
    void saysThatItIsARecording() {
        assertThat(probe().facts().host())
                .contains("recorded on one GPU of paper", "driver 1.2", "2026-11-24", "mode made", "not live");
    }

    @Test
    void closedProbeSeesNothing() {
        RecordedProbe probe = probe();
        probe.close();
        HostSample sample = probe.look(Made.ROOT, Depth.QUICK, 3);
        assertThat(sample.gpus().reason()).contains("closed");
        assertThat(sample.process().reason()).contains("closed");
        assertThat(looks).hasValue(0);
    }
}
